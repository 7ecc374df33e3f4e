import PostroomCore

extension InboxState {
    /// Claims the suspect that has waited longest, and marks it.
    mutating func claimSuspect(
        of handlers: [HandlerName],
        for worker: WorkerID,
        at now: Timestamp
    ) -> ClaimedRetry? {
        guard isKnown(worker) else { return nil }
        let due = retries.values.filter { row in
            handlers.contains(row.key.handler) && !directory.isPaused(row.key.handler)
                && row.worker == nil && row.dueAt <= now && row.isSuspect
        }
        let oldest = due.min { ($0.dueAt, $0.key.delivery) < ($1.dueAt, $1.key.delivery) }
        guard let oldest else { return nil }
        retries[oldest.key]?.worker = worker
        retries[oldest.key]?.isMarked = true
        return ClaimedRetry(oldest)
    }

    /// Counts the deaths of workers at what they held, and blames the suspects that were marked.
    mutating func noteDeaths(
        of isDead: (WorkerID?) -> Bool,
        at now: Timestamp
    ) -> (struck: [RetryKey], deadSuspects: [RetryKey]) {
        for (key, row) in batches where isDead(row.worker) {
            batches[key]?.deaths += 1
        }
        var struck: [RetryKey] = []
        var deadSuspects: [RetryKey] = []
        for (key, row) in retries where isDead(row.worker) {
            retries[key]?.deaths += 1
            guard row.isMarked else { continue }
            let error = "the process died while this attempt ran"
            failures.append((key, AttemptFailure(attempt: row.failedAttempts + 1, error: error, duration: .zero)))
            retries[key]?.failedAttempts += 1
            retries[key]?.strikes += 1
            guard row.strikes + 1 >= CrashRules.strikesUntilDead else {
                struck.append(key)
                continue
            }
            deadSuspects.append(key)
            retries[key] = nil
            deadLetters[key] = DeadLetterRow(
                key: key,
                delivery: row.delivery,
                reason: .crash,
                failedAttempts: row.failedAttempts + 1,
                error: error
            )
        }
        return (struck, deadSuspects)
    }
}

extension ClaimedRetry {
    /// What a worker gets of a row.
    init(_ row: RetryRow) {
        self.init(
            key: row.key,
            delivery: row.delivery,
            failedAttempts: row.failedAttempts,
            attemptsBeforeReplay: row.attemptsBeforeReplay
        )
    }
}
