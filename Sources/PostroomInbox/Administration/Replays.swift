import PostgresClient
package import PostroomCore

/// A replay that somebody asked for.
package struct ReplaySummary: Sendable {
    /// Its number.
    package let id: Int64
    /// The objects that are replayed: `dead-letters` or `deliveries`.
    package let kind: String
    /// Its state: `running`, `paused`, `done` or `cancelled`.
    package let state: String
    /// When it was asked for.
    package let requestedAt: Timestamp
    /// The database user who asked.
    package let requestedBy: String
    /// The number of jobs that were moved so far.
    package let moved: Int
    /// About the number of dead letters or deliveries that it has looked at, matches or not.
    package let looked: Int
    /// When it ended.
    package let finishedAt: Timestamp?
    /// The reason for waiting, where it waits by itself.
    package let note: String?
    /// The filter of the request, as a JSON object.
    package let filter: String
}

/// A change of a replay by a person.
package enum ReplayChange: String, Sendable {
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
    package func replays(id: Int64? = nil, limit: Int) async throws(QueueError) -> [ReplaySummary] {
        try await administer(ReplayList(id: id, most: Int32(clamping: limit)))
            .map { row in
                ReplaySummary(
                    id: row.id,
                    kind: row.kind,
                    state: row.state,
                    requestedAt: row.requestedAt,
                    requestedBy: row.requestedBy,
                    moved: row.moved,
                    looked: row.looked,
                    finishedAt: row.finishedAt,
                    note: row.note,
                    filter: row.filter.text
                )
            }
    }

    /// Pauses, resumes or cancels a replay.
    ///
    /// - Parameters:
    ///   - id: Its number.
    ///   - change: The change; a replay that has ended stays as it is.
    /// - Returns: The state that it has now, or `nil` where there is none.
    /// - Throws: ``PostroomCore/QueueError``.
    package func change(replay id: Int64, _ change: ReplayChange) async throws(QueueError) -> String? {
        try await administer(ReplayAlter(id: id, state: change)).first?.state
    }
}
