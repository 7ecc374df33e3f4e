package import PostroomCore

extension InMemoryInbox: InboxInspection {
    /// The batches that are not settled.
    package func batches() async -> [BatchView] {
        commit { state, _ in
            state.batches.values.map { BatchView(key: $0.batch.key, holder: $0.worker) }
                .sorted { $0.key.id < $1.key.id }
        }
    }

    /// The pairs that owe an attempt.
    package func retries() async -> [RetryView] {
        commit { state, now in
            state.retries.values
                .map { row in
                    RetryView(
                        key: row.key,
                        failedAttempts: row.failedAttempts,
                        attemptsBeforeReplay: row.attemptsBeforeReplay,
                        isDue: row.dueAt <= now,
                        holder: row.worker
                    )
                }
                .sorted { ($0.key.delivery, $0.key.handler) < ($1.key.delivery, $1.key.handler) }
        }
    }

    /// The dead letters.
    package func deadLetters() async -> [DeadLetterView] {
        commit { state, _ in
            state.deadLetters.values
                .map { row in
                    DeadLetterView(
                        key: row.key,
                        reason: row.reason,
                        failedAttempts: row.failedAttempts,
                        error: row.error
                    )
                }
                .sorted { ($0.key.delivery, $0.key.handler) < ($1.key.delivery, $1.key.handler) }
        }
    }

    /// The pairs that succeeded, once for each time that was recorded.
    package func handledPairs() async -> [PairView] {
        commit { state, _ in
            state.handled
                .flatMap { batch, pairs in
                    pairs.compactMap { pair -> PairView? in
                        guard case .handled = pair.outcome else { return nil }
                        return PairView(
                            delivery: DeliveryID(batch: batch.id, ordinal: pair.ordinal),
                            handler: pair.handler
                        )
                    }
                }
                .sorted { ($0.delivery, $0.handler) < ($1.delivery, $1.handler) }
        }
    }

    /// Pauses a handler: its pairs wait.
    package func pause(_ handler: HandlerName) async {
        commit { state, _ in state.directory.pause(handler, true) }
        signalDirectoryChange()
    }

    /// Resumes a paused handler.
    package func resume(_ handler: HandlerName) async {
        commit { state, _ in state.directory.pause(handler, false) }
        signalDirectoryChange()
    }

    /// Moves every stored time into the past, as if that long had gone by.
    package func letTimePass(_ duration: Duration) async {
        commit { state, _ in state.letTimePass(duration) }
    }

    /// The failed attempts that were recorded.
    package func failedAttempts() -> [(key: RetryKey, failure: AttemptFailure)] {
        commit { state, _ in state.failures }
    }

    /// Takes a handler out of the directory.
    package func remove(_ handler: HandlerName) {
        commit { state, _ in state.directory.remove(handler) }
    }

    /// Removes a worker and gives back what it holds, as a rescue does with a silent one.
    package func bury(_ worker: WorkerID) {
        commit { state, _ in state.deregister(worker) }
        signalWork()
    }

    /// Puts a dead letter back among the retries, its failed attempts forgiven.
    ///
    /// - Returns: Whether there was such a letter.
    package func replay(_ key: RetryKey) -> Bool {
        let isThere = commit { state, now in
            guard let letter = state.deadLetters.removeValue(forKey: key) else { return false }
            state.retries[key] = RetryRow(
                key: key,
                delivery: letter.delivery,
                failedAttempts: letter.failedAttempts,
                attemptsBeforeReplay: letter.failedAttempts,
                dueAt: now
            )
            return true
        }
        if isThere {
            signalWork()
        }
        return isThere
    }

    /// How many pairs succeeded, counted without listing them.
    package var handledCount: Int {
        commit { state, _ in
            state.handled.reduce(0) { total, batch in
                total + batch.jobs.count { if case .handled = $0.outcome { true } else { false } }
            }
        }
    }
}
