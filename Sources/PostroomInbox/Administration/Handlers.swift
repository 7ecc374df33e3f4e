package import PostroomCore

/// The jobs that a handler owes, and its dead letters.
package struct HandlerBacklog: Sendable {
    /// The handler.
    package let name: HandlerName
    /// Its kind: `code`, or that of a forwarder.
    package let kind: String
    /// Its subscriptions, in the form `source:type`.
    package let patterns: [String]
    /// True if it was removed, and only its leftovers remain.
    package let isRemoved: Bool
    /// True if a person paused it.
    package let isPaused: Bool
    /// Retries that wait, due or not.
    package let retriesWaiting: Int
    /// Those that are due.
    package let retriesDue: Int
    /// Those that run.
    package let retriesInFlight: Int
    /// When the next one is due, or was.
    package let nextDueAt: Timestamp?
    /// Its dead letters.
    package let deadLetters: Int
    /// When the newest of them died.
    package let lastDiedAt: Timestamp?
    /// When the oldest delivery that it owes something was received.
    package var oldestReceivedAt: Timestamp?
    /// True if a worker runs it one attempt at a time, because it fails all the time.
    package var isSlowed = false
    /// True if no worker has it, so that its jobs wait until one is deployed that does.
    package let isOrphaned: Bool
    /// Its limits, and their use.
    package var limits = HandlerLimitUse()
}

/// The limits of a handler as they are recorded, and their use.
package struct HandlerLimitUse: Sendable {
    /// The limits that its newest program gave it.
    package var limits = HandlerLimits()
    /// The attempts that each worker may run at once, of those over all processes.
    package var shares: [Int] = []
    /// The time until which no process calls it, because it said that it is busy; `nil` where it is not.
    package var busyUntil: Timestamp?

    /// Describes a handler without limits.
    package init(limits: HandlerLimits = HandlerLimits(), shares: [Int] = [], busyUntil: Timestamp? = nil) {
        self.limits = limits
        self.shares = shares
        self.busyUntil = busyUntil
    }
}

extension HandlerLimitUse {
    /// The limits with the shares of the workers, `5 at once (2 + 2 + 1), 100 in 1m 0s, a key 1 at once`, or `nil` for none.
    package var words: String? {
        var parts: [String] = []
        if let most = limits.concurrency {
            parts.append("\(HumanText.count(most)) at once in a process")
        }
        if let most = limits.globalConcurrency {
            let shares = shares.isEmpty ? "" : " (\(shares.map { String($0) }.joined(separator: " + ")))"
            parts.append("\(HumanText.count(most)) at once\(shares)")
        }
        if let rate = limits.rate {
            parts.append(words(of: rate))
        }
        if let most = limits.perKey?.concurrency {
            parts.append("a key \(HumanText.count(most)) at once")
        }
        if let rate = limits.perKey?.rate {
            parts.append("a key \(words(of: rate))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func words(of rate: AttemptRate) -> String {
        "\(HumanText.count(rate.attempts)) in \(HumanText.duration(rate.period))"
    }
}

/// A change of a handler by a person.
package enum HandlerChange: String, Sendable {
    /// Let its pairs wait.
    case pause
    /// Let them run again.
    case resume
    /// Retire it: it gets nothing more, and what waited for it is dropped.
    case remove
}

extension Inbox {
    /// Reads the jobs that each handler owes.
    ///
    /// - Parameter fresh: True to count anew where the last count was cheap; else the last one is read, whatever its age.
    /// - Returns: The handlers by name; removed ones only while something of theirs is left.
    /// - Throws: ``PostroomCore/QueueError``.
    package func backlog(fresh: Bool = true) async throws(QueueError) -> [HandlerBacklog] {
        if fresh {
            try await countFigures(for: Inbox.glance)
        }
        let uses = try await limitUses()
        return try await administer(BacklogRead())
            .map { row in
                HandlerBacklog(
                    name: row.handler,
                    kind: row.kind,
                    patterns: row.patterns,
                    isRemoved: row.isRemoved,
                    isPaused: row.isPaused,
                    retriesWaiting: row.retriesWaiting,
                    retriesDue: row.retriesDue,
                    retriesInFlight: row.retriesInFlight,
                    nextDueAt: row.nextDueAt,
                    deadLetters: row.deadLetters,
                    lastDiedAt: row.lastDiedAt,
                    oldestReceivedAt: row.oldestReceivedAt,
                    isSlowed: row.isSlowed,
                    isOrphaned: row.isOrphaned,
                    limits: uses[row.handler] ?? HandlerLimitUse()
                )
            }
    }

    /// Reads the limits of the handlers that have some or are busy.
    package func limitUses() async throws(QueueError) -> [HandlerName: HandlerLimitUse] {
        let uses = try await administer(LimitList())
            .map { row in
                let use = HandlerLimitUse(
                    limits: HandlerLimits(row),
                    shares: row.shares.map { Int($0) },
                    busyUntil: row.busyUntil
                )
                return (row.handler, use)
            }
        return Dictionary(uses) { first, _ in first }
    }

    /// Pauses, resumes or removes a handler; every process is told at once, and knows by its next heartbeat at the latest.
    ///
    /// - Parameters:
    ///   - handler: The handler.
    ///   - change: The change.
    ///   - reason: The person's reason, which `why` and the audit tell.
    /// - Throws: ``PostroomCore/QueueError`` with the kind `rejected` where there is no such handler.
    package func change(_ handler: HandlerName, _ change: HandlerChange, because reason: String? = nil)
        async throws(QueueError)
    {
        _ = try await administer(HandlerAlter(change: change, handler: handler, reason: reason))
    }

    /// Gives a handler another name, with all that it owes, its dead letters and its pause.
    ///
    /// Jobs that run stay under the former name until they have ended, and are moved then. A worker that has the former
    /// name works for the new one.
    ///
    /// - Parameters:
    ///   - handler: The handler.
    ///   - name: The new name, which no other handler may have or have had.
    /// - Returns: The number of jobs and dead letters that were moved. Where the call fails after the rename, maintenance
    ///   moves the rest.
    /// - Throws: ``PostroomCore/QueueError`` with the kind `rejected` where there is no such handler, or the name is taken.
    package func rename(_ handler: HandlerName, to name: HandlerName) async throws(QueueError) -> Int {
        var moved = try await administer(HandlerRename(oldName: handler, newName: name)).first?.moved ?? 0
        while let more = try await administer(RenamedMove(most: Self.movesPerStep)).first?.moved, more > 0 {
            moved += more
        }
        return moved
    }

    /// The most jobs and dead letters of renamed handlers that one statement moves: some 50 ms of work.
    static let movesPerStep: Int32 = 1000
}

extension HandlerLimits {
    fileprivate init(_ row: LimitList.Row) {
        func rate(_ attempts: Int32?, _ period: Duration?) -> AttemptRate? {
            guard let attempts, let period else { return nil }
            return AttemptRate(Int(attempts), per: period)
        }
        let perKey = KeyLimits(
            concurrency: row.keyConcurrency.map { Int($0) },
            rate: rate(row.keyRate, row.keyRatePeriod)
        )
        self.init(
            concurrency: row.concurrency.map { Int($0) },
            globalConcurrency: row.globalConcurrency.map { Int($0) },
            rate: rate(row.rate, row.ratePeriod),
            perKey: perKey == KeyLimits() ? nil : perKey
        )
    }
}
