import PostgresClient
public import PostroomCore
public import PostroomQueue

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
    /// Lists dead letters, newest first.
    ///
    /// - Parameters:
    ///   - filter: Which are meant.
    ///   - limit: The most to list.
    /// - Returns: What lists show of each.
    /// - Throws: ``PostroomQueue/QueueError``.
    public func deadLetters(
        _ filter: DeadLetterFilter,
        limit: Int
    ) async throws(QueueError) -> [DeadLetterSummary] {
        let list = DeadLetterList(
            ids: filter.ids,
            handler: filter.handler?.rawValue,
            eventType: filter.eventType,
            endpoint: filter.endpoint?.rawValue,
            reason: filter.reason?.rawValue,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue,
            most: Int32(clamping: limit)
        )
        return try await administer(list).map(DeadLetterSummary.init)
    }

    /// Counts dead letters.
    ///
    /// - Parameter filter: Which are meant.
    /// - Returns: How many match.
    /// - Throws: ``PostroomQueue/QueueError``.
    public func countDeadLetters(_ filter: DeadLetterFilter) async throws(QueueError) -> Int {
        let count = DeadLetterCount(
            ids: filter.ids,
            handler: filter.handler?.rawValue,
            eventType: filter.eventType,
            endpoint: filter.endpoint?.rawValue,
            reason: filter.reason?.rawValue,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue
        )
        return Int(try await administer(count).first?.letters ?? 0)
    }

    /// Reads a dead letter.
    ///
    /// - Parameter id: Its number.
    /// - Returns: The letter, or `nil` where there is none, any more or yet.
    /// - Throws: ``PostroomQueue/QueueError``.
    public func deadLetter(_ id: Int64) async throws(QueueError) -> DeadLetter? {
        try await administer(DeadLetterRead(id: id)).first.map(DeadLetter.init)
    }

    /// Records a replay, which the inbox carries out at its pace.
    ///
    /// - Parameters:
    ///   - filter: Which letters are meant.
    ///   - everything: Whether a filter that says nothing means all; without it that is refused.
    /// - Returns: The number of the replay.
    /// - Throws: ``PostroomQueue/QueueError``, also for a filter that names what does not exist; nothing is replayed then.
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

    /// Deletes dead letters for good.
    ///
    /// - Parameters:
    ///   - filter: Which letters are meant.
    ///   - everything: Whether a filter that says nothing means all; without it that is refused.
    /// - Returns: How many were deleted.
    /// - Throws: ``PostroomQueue/QueueError``, also for a filter that names what does not exist; nothing is deleted then.
    public func discardDeadLetters(
        _ filter: DeadLetterFilter,
        everything: Bool
    ) async throws(QueueError) -> Int {
        let discard = DeadLetterDiscard(
            ids: filter.ids,
            handler: filter.handler?.rawValue,
            eventType: filter.eventType,
            endpoint: filter.endpoint?.rawValue,
            reason: filter.reason?.rawValue,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue,
            everything: everything
        )
        return Int(try await administer(discard).first?.discarded ?? 0)
    }

    /// Runs a statement for a person, over the maintenance connection.
    func administer<S: Statement>(_ statement: S) async throws(QueueError) -> [S.Row] {
        try await inQueueTerms { () async throws(PostgresError) in try await maintenance.execute(statement) }
    }
}

extension DeadLetterSummary {
    fileprivate init(_ row: DeadLetterList.Row) {
        self.init(
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
