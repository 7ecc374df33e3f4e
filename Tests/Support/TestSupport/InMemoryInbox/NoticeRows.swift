import PostroomCore

/// A group of dead letters in an hour.
struct NoticeKey: Hashable {
    let handler: HandlerName
    let fingerprint: String
    let hour: Timestamp
}

/// The notice of a group.
struct NoticeRow {
    var dueAt: Timestamp
    var firstSeen: Timestamp
    var lastSeen: Timestamp
    var worker: WorkerID?
    var tries = 0
    var isTold = false
}

extension InboxState {
    /// Equal for errors that differ only in numbers.
    private static func fingerprint(_ error: String) -> String {
        String(error.map { $0.isNumber ? "#" : $0 })
    }

    mutating func noteLetter(_ key: RetryKey, _ error: String, at now: Timestamp) {
        let hour: Int64 = 3_600_000_000
        let start = Timestamp(rawValue: now.rawValue - ((now.rawValue % hour) + hour) % hour)
        let place = NoticeKey(handler: key.handler, fingerprint: Self.fingerprint(error), hour: start)
        notices[place, default: NoticeRow(dueAt: now, firstSeen: now, lastSeen: now)].lastSeen = now
    }

    mutating func claimNotice(of handlers: [HandlerName], for worker: WorkerID, at now: Timestamp) -> DeadLetterNotice?
    {
        guard isKnown(worker) else { return nil }
        for (key, row) in notices.sorted(by: { $0.value.dueAt < $1.value.dueAt }) {
            let isFree = row.worker.map { $0 == worker || !isKnown($0) } ?? true
            guard handlers.contains(key.handler), !row.isTold, row.tries < DeadLetterNotice.mostTries, row.dueAt <= now,
                isFree
            else { continue }
            let letters = deadLetters.values
                .filter { $0.key.handler == key.handler && Self.fingerprint($0.error) == key.fingerprint }
            guard let letter = letters.max(by: { $0.key.delivery < $1.key.delivery }) else {
                notices[key]?.isTold = true
                continue
            }
            notices[key]?.worker = worker
            notices[key]?.tries += 1
            return DeadLetterNotice(
                group: DeadLetterNotice.Group(
                    handler: key.handler,
                    fingerprint: key.fingerprint,
                    count: letters.count,
                    firstSeen: row.firstSeen,
                    lastSeen: row.lastSeen
                ),
                letter: DeadLetterNotice.Letter(
                    id: letter.key.delivery.rawValue,
                    handler: key.handler,
                    delivery: letter.delivery,
                    reason: letter.reason,
                    error: letter.error,
                    failedAttempts: letter.failedAttempts
                ),
                hour: key.hour,
                tries: row.tries + 1
            )
        }
        return nil
    }

    mutating func endNotice(_ notice: DeadLetterNotice, isTold: Bool, for worker: WorkerID, at now: Timestamp) {
        let key = NoticeKey(
            handler: notice.group.handler,
            fingerprint: notice.group.fingerprint,
            hour: notice.hour
        )
        guard notices[key]?.worker == worker else { return }
        notices[key]?.worker = nil
        notices[key]?.isTold = isTold
        notices[key]?.dueAt = now + .seconds(5 * (0..<notice.tries - 1).reduce(1) { power, _ in power * 3 })
    }
}
