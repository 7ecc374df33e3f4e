public import PostroomCore

/// A replay that somebody asked for.
public struct ReplaySummary: Sendable {
    /// Its number.
    public let id: Int64
    /// What is replayed: `dead-letters` or `deliveries`.
    public let kind: String
    /// Where it stands: `running`, `paused`, `done` or `cancelled`.
    public let state: String
    /// When it was asked for.
    public let requestedAt: Timestamp
    /// The database user who asked.
    public let requestedBy: String
    /// How many pairs were moved so far.
    public let moved: Int
    /// About how many dead letters or deliveries it has looked at, whether they matched or not.
    public let looked: Int
    /// When it ended.
    public let finishedAt: Timestamp?
    /// Why it waits, where it does so by itself.
    public let note: String?
    /// What was asked for, as a JSON object.
    public let filter: String
}

/// What a person can do to a replay.
public enum ReplayChange: String, Sendable {
    /// Let it wait.
    case pause = "paused"
    /// Let it go on.
    case resume = "running"
    /// End it; what was moved stays moved.
    case cancel = "cancelled"
}

extension Inbox {
    /// Lists replays, newest first.
    ///
    /// - Parameters:
    ///   - id: The only one that is meant, or `nil` for all.
    ///   - limit: The most to list.
    /// - Returns: The replays.
    /// - Throws: ``PostroomCore/QueueError``.
    public func replays(id: Int64? = nil, limit: Int) async throws(QueueError) -> [ReplaySummary] {
        try await administer(ReplayList(id: id, most: Int32(clamping: limit)))
            .map { row in
                ReplaySummary(
                    id: row.id,
                    kind: row.kind,
                    state: row.state,
                    requestedAt: Timestamp(rawValue: row.requestedAt),
                    requestedBy: row.requestedBy,
                    moved: Int(row.moved),
                    looked: Int(row.looked),
                    finishedAt: row.finishedAt.map(Timestamp.init(rawValue:)),
                    note: row.note,
                    filter: row.filter
                )
            }
    }

    /// Pauses, resumes or cancels a replay.
    ///
    /// - Parameters:
    ///   - id: Its number.
    ///   - change: What to do; a replay that has ended stays as it is.
    /// - Returns: The state that it has now, or `nil` where there is none.
    /// - Throws: ``PostroomCore/QueueError``.
    public func change(replay id: Int64, _ change: ReplayChange) async throws(QueueError) -> String? {
        try await administer(ReplayAlter(id: id, state: change.rawValue)).first?.state
    }
}
