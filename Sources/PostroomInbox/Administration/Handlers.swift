public import PostroomCore

/// What a handler owes, and its dead letters.
public struct HandlerBacklog: Sendable {
    /// The handler.
    public let name: HandlerName
    /// What it subscribes to, in the form `source:type`.
    public let patterns: [String]
    /// Whether it was removed, and only its leftovers remain.
    public let isRemoved: Bool
    /// Whether a person paused it.
    public let isPaused: Bool
    /// Retries that wait, due or not.
    public let retriesWaiting: Int
    /// Those that are due.
    public let retriesDue: Int
    /// Those that run.
    public let retriesInFlight: Int
    /// When the next one is due, or was.
    public let nextDueAt: Timestamp?
    /// Its dead letters.
    public let deadLetters: Int
    /// When the newest of them died.
    public let lastDiedAt: Timestamp?
    /// Whether no worker has it, so that what it owes waits until one is deployed that does.
    public let isOrphaned: Bool
}

/// What a person can do to a handler.
public enum HandlerChange: String, Sendable {
    /// Let its pairs wait.
    case pause
    /// Let them run again.
    case resume
    /// Retire it: it gets nothing more, and what waited for it is dropped.
    case remove
}

extension Inbox {
    /// Reads what each handler owes.
    ///
    /// - Returns: The handlers by name; removed ones only while something of theirs is left.
    /// - Throws: ``PostroomCore/QueueError``.
    public func backlog() async throws(QueueError) -> [HandlerBacklog] {
        try await administer(BacklogRead())
            .map { row in
                HandlerBacklog(
                    name: HandlerName(rawValue: row.handler),
                    patterns: row.patterns,
                    isRemoved: row.isRemoved,
                    isPaused: row.isPaused,
                    retriesWaiting: Int(row.retriesWaiting),
                    retriesDue: Int(row.retriesDue),
                    retriesInFlight: Int(row.retriesInFlight),
                    nextDueAt: row.nextDueAt.map(Timestamp.init(rawValue:)),
                    deadLetters: Int(row.deadLetters),
                    lastDiedAt: row.lastDiedAt.map(Timestamp.init(rawValue:)),
                    isOrphaned: row.isOrphaned
                )
            }
    }

    /// Pauses, resumes or removes a handler; every process is told at once, and knows by its next heartbeat at the latest.
    ///
    /// - Parameters:
    ///   - handler: The handler.
    ///   - change: What to do.
    /// - Throws: ``PostroomCore/QueueError`` with the kind `rejected` where there is no such handler.
    public func change(_ handler: HandlerName, _ change: HandlerChange) async throws(QueueError) {
        _ = try await administer(HandlerAlter(change: change.rawValue, handler: handler.rawValue))
    }
}
