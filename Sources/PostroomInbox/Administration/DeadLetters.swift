import PostgresClient
public import PostroomCore

/// A dead letter as lists show it.
public struct DeadLetterSummary: Sendable {
    /// Its number.
    public let id: Int64
    /// The delivery.
    public let deliveryID: DeliveryID
    /// The handler that could not handle it.
    public let handler: HandlerName
    /// The endpoint of the delivery.
    public let endpoint: EndpointName
    /// The event type, where the delivery has one.
    public let eventType: String?
    /// When it died.
    public let diedAt: Timestamp
    /// Why it is not tried again.
    public let reason: String
    /// How many attempts failed.
    public let failedAttempts: Int
    /// What the last attempt failed of.
    public let error: String
}

/// A dead letter with all that it carries.
public struct DeadLetter: Sendable {
    /// What lists show.
    public let summary: DeadLetterSummary
    /// The delivery, as it was received.
    public let delivery: Delivery
    /// The failed attempts as a JSON array of `{attempt, at, seconds, error}`.
    public let history: String
}

extension Inbox {
    /// Looks for dead letters, newest first.
    ///
    /// - Parameters:
    ///   - filter: Which are meant.
    ///   - start: The number below which it looks, or `nil` for the newest.
    ///   - limit: The most to find.
    ///   - time: How long it looks for them.
    /// - Returns: What lists show of each, and where it gave up.
    /// - Throws: ``PostroomCore/QueueError``.
    public func deadLetters(
        _ filter: DeadLetterFilter,
        below start: Int64? = nil,
        limit: Int,
        lookingFor time: Duration = Inbox.searchTime
    ) async throws(QueueError) -> Listing<DeadLetterSummary> {
        var size = StepSize()
        return try await search(below: start, limit: limit, for: time) { before, most throws(QueueError) in
            let rows = try await step(&size) { span in
                DeadLetterList(
                    before: before,
                    span: span,
                    most: Int32(clamping: most),
                    ids: filter.ids,
                    handler: filter.handler?.rawValue,
                    eventType: filter.eventType,
                    endpoint: filter.endpoint?.rawValue,
                    reason: filter.reason?.rawValue,
                    since: filter.since?.rawValue,
                    until: filter.until?.rawValue
                )
            }
            let found = rows.compactMap(DeadLetterSummary.init)
            return (found, Int(rows.first?.looked ?? 0), rows.first?.reached)
        }
    }

    /// Counts dead letters, however long that takes.
    ///
    /// - Parameter filter: Which are meant.
    /// - Returns: How many match.
    /// - Throws: ``PostroomCore/QueueError``.
    public func countDeadLetters(_ filter: DeadLetterFilter) async throws(QueueError) -> Int {
        try await sum { before, size throws(QueueError) in
            let row = try await step(&size) { span in
                DeadLetterCount(
                    before: before,
                    span: span,
                    ids: filter.ids,
                    handler: filter.handler?.rawValue,
                    eventType: filter.eventType,
                    endpoint: filter.endpoint?.rawValue,
                    reason: filter.reason?.rawValue,
                    since: filter.since?.rawValue,
                    until: filter.until?.rawValue
                )
            }
            .first
            return (row?.letters ?? 0, row?.reached)
        }
    }

    /// Reads a dead letter.
    ///
    /// - Parameter id: Its number.
    /// - Returns: The letter, or `nil` where there is none, any more or yet.
    /// - Throws: ``PostroomCore/QueueError``.
    public func deadLetter(_ id: Int64) async throws(QueueError) -> DeadLetter? {
        try await administer(DeadLetterRead(id: id)).first.map(DeadLetter.init)
    }

    /// Records a replay, which the inbox carries out at its pace.
    ///
    /// - Parameters:
    ///   - filter: Which letters are meant.
    ///   - everything: Whether a filter that says nothing means all; without it that is refused.
    /// - Returns: The number of the replay.
    /// - Throws: ``PostroomCore/QueueError``, also for a filter that names what does not exist; nothing is replayed then.
    public func replayDeadLetters(
        _ filter: DeadLetterFilter,
        everything: Bool
    ) async throws(QueueError) -> Int64 {
        let replay = DeadLetterReplay(
            ids: filter.ids,
            handler: filter.handler?.rawValue,
            eventType: filter.eventType,
            endpoint: filter.endpoint?.rawValue,
            reason: filter.reason?.rawValue,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue,
            everything: everything
        )
        return try await administer(replay).first?.replay ?? 0
    }

    /// Deletes dead letters for good, in bounded steps; those that came before a failure stay deleted.
    ///
    /// - Parameters:
    ///   - filter: Which letters are meant.
    ///   - everything: Whether a filter that says nothing means all; without it that is refused.
    /// - Returns: How many were deleted.
    /// - Throws: ``PostroomCore/QueueError``, also for a filter that names what does not exist; nothing is deleted then.
    public func discardDeadLetters(
        _ filter: DeadLetterFilter,
        everything: Bool
    ) async throws(QueueError) -> Int {
        try await sum { before, size throws(QueueError) in
            let row = try await step(&size) { span in
                DeadLetterDiscard(
                    before: before,
                    span: span,
                    ids: filter.ids,
                    handler: filter.handler?.rawValue,
                    eventType: filter.eventType,
                    endpoint: filter.endpoint?.rawValue,
                    reason: filter.reason?.rawValue,
                    since: filter.since?.rawValue,
                    until: filter.until?.rawValue,
                    everything: everything
                )
            }
            .first
            return (row?.discarded ?? 0, row?.reached)
        }
    }

    /// Runs a statement for a person, over the maintenance connection.
    func administer<S: Statement>(_ statement: S) async throws(QueueError) -> [S.Row] {
        try await inQueueTerms { () async throws(PostgresError) in try await maintenance.execute(statement) }
    }
}

extension DeadLetterSummary {
    /// The letter of a row, or `nil` for the row that only says how far a look came.
    fileprivate init?(_ row: DeadLetterList.Row) {
        guard let id = row.id, let delivery = row.deliveryID, let handler = row.handler, let endpoint = row.endpoint,
            let diedAt = row.diedAt, let reason = row.reason, let attempts = row.failedAttempts, let error = row.error
        else { return nil }
        self.init(
            id: id,
            deliveryID: DeliveryID(rawValue: delivery),
            handler: HandlerName(rawValue: handler),
            endpoint: EndpointName(rawValue: endpoint),
            eventType: row.eventType,
            diedAt: Timestamp(rawValue: diedAt),
            reason: reason,
            failedAttempts: Int(attempts),
            error: error
        )
    }
}

extension DeadLetter {
    fileprivate init(_ row: DeadLetterRead.Row) {
        self.summary = DeadLetterSummary(
            id: row.id,
            deliveryID: DeliveryID(rawValue: row.deliveryID),
            handler: HandlerName(rawValue: row.handler),
            endpoint: EndpointName(rawValue: row.endpoint),
            eventType: row.eventType,
            diedAt: Timestamp(rawValue: row.diedAt),
            reason: row.reason,
            failedAttempts: Int(row.failedAttempts),
            error: row.error
        )
        self.delivery = Delivery(
            id: DeliveryID(rawValue: row.deliveryID),
            endpoint: EndpointName(rawValue: row.endpoint),
            source: Source(rawValue: row.source),
            eventType: row.eventType,
            idempotencyKey: row.idempotencyKey,
            receivedAt: Timestamp(rawValue: row.receivedAt),
            headers: Headers(wire: row.headers),
            body: row.body
        )
        self.history = row.history
    }
}
