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
    /// The number of letters or deliveries that matched before anything was moved, once they were counted.
    package let expected: Int?
    /// The number of jobs that were moved so far.
    package let moved: Int
    /// About the number of dead letters or deliveries that it has looked at, matches or not.
    package let looked: Int
    /// The most jobs that it moves in a second.
    package let rate: Int
    /// The number of jobs of each handler that go ahead alone.
    package let canary: Int
    /// The percentage of failures beyond which it pauses by itself, or `nil` for half of the canaries only.
    package let stopPercent: Int?
    /// The handler that gets the jobs in place of their own.
    package let toHandler: HandlerName?
    /// The person's reason.
    package let reason: String?
    /// When it ended.
    package let finishedAt: Timestamp?
    /// The reason for waiting, where it waits by itself.
    package let note: String?
    /// The filter of the request, as a JSON object.
    package let filter: String
}

/// The pace of a replay, and the rule by which it stops.
package struct ReplayPace: Sendable {
    /// The most jobs that it moves in a second, or `nil` for 500.
    package var rate: Int32?
    /// The jobs of each handler that go ahead alone, or `nil` for 20 dead letters and no deliveries.
    package var canary: Int32?
    /// The rule by which it pauses itself, such as `failed>10%`, or `nil` for half of the canaries only.
    package var stopIf: String?
    /// The handler that gets the jobs; `nil` for the letters' own, or for all that subscribe to the deliveries.
    package var toHandler: HandlerName?
    /// The person's reason, for the audit.
    package var reason: String?

    /// Makes the usual pace.
    package init() {}
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
                    expected: row.expected.map { Int($0) },
                    moved: row.moved,
                    looked: row.looked,
                    rate: Int(row.rate),
                    canary: Int(row.canary),
                    stopPercent: row.stopPercent.map { Int($0) },
                    toHandler: row.toHandler,
                    reason: row.reason,
                    finishedAt: row.finishedAt,
                    note: row.note,
                    filter: row.filter.text
                )
            }
    }

    /// Changes the rate of a replay that has not ended.
    ///
    /// - Parameters:
    ///   - id: Its number.
    ///   - rate: The most jobs that it moves in a second, at least 1.
    /// - Returns: The state that it has, or `nil` where there is none.
    /// - Throws: ``PostroomCore/QueueError``.
    package func change(replay id: Int64, rate: Int) async throws(QueueError) -> String? {
        try await administer(ReplayRate(id: id, rate: Int32(clamping: rate))).first?.state
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
