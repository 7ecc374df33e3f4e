import PostgresClient
public import PostroomCore
public import PostroomQueue

/// A kept delivery as lists show it.
public struct DeliverySummary: Sendable {
    /// Its identity.
    public let id: DeliveryID
    /// When it was committed.
    public let receivedAt: Timestamp
    /// The endpoint that it was posted to.
    public let endpoint: EndpointName
    /// The kind of producer.
    public let source: Source
    /// The event type, where it has one.
    public let eventType: String?
    /// The sender's identity of it.
    public let idempotencyKey: String
    /// The size of its body in bytes.
    public let bytes: Int
    /// Where it stands: `queued`, `owed` (some handler has yet to handle it), `dead` (some handler gave it up) or
    /// `settled`.
    public let state: String
}

/// Something that happened to a delivery at one handler.
public struct PairRecord: Sendable {
    /// The handler.
    public let handler: HandlerName
    /// What happened: `handled`, `failed` (one attempt), or where it stands: `owed`, `running`, `dead`.
    public let state: String
    /// When, or for `owed` the time it is due.
    public let at: Timestamp
    /// The attempt, where one is known.
    public let attempt: Int?
    /// How long the attempt took, where there was one.
    public let duration: Duration?
    /// The worker, where one is known.
    public let worker: Int64?
    /// The error of a failure, or the reason of a death.
    public let detail: String?
}

extension Inbox {
    /// Lists kept deliveries, newest first.
    ///
    /// - Parameters:
    ///   - filter: Which are meant.
    ///   - limit: The most to list.
    /// - Returns: What lists show of each.
    /// - Throws: ``PostroomQueue/QueueError``.
    public func deliveries(_ filter: DeliveryFilter, limit: Int) async throws(QueueError) -> [DeliverySummary] {
        let list = DeliveryList(
            ids: filter.ids?.map(\.rawValue),
            endpoint: filter.endpoint?.rawValue,
            eventType: filter.eventType,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue,
            most: Int32(clamping: limit)
        )
        return try await administer(list)
            .map { row in
                DeliverySummary(
                    id: DeliveryID(rawValue: row.id),
                    receivedAt: Timestamp(rawValue: row.receivedAt),
                    endpoint: EndpointName(rawValue: row.endpoint),
                    source: Source(rawValue: row.source),
                    eventType: row.eventType,
                    idempotencyKey: row.idempotencyKey,
                    bytes: Int(row.bytes),
                    state: row.state
                )
            }
    }

    /// Counts kept deliveries.
    ///
    /// - Parameter filter: Which are meant.
    /// - Returns: How many match.
    /// - Throws: ``PostroomQueue/QueueError``.
    public func countDeliveries(_ filter: DeliveryFilter) async throws(QueueError) -> Int {
        let count = DeliveryCount(
            ids: filter.ids?.map(\.rawValue),
            endpoint: filter.endpoint?.rawValue,
            eventType: filter.eventType,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue
        )
        return Int(try await administer(count).first?.deliveries ?? 0)
    }

    /// Reads a delivery, and what became of it at each handler.
    ///
    /// - Parameter id: Its identity.
    /// - Returns: The delivery and its records in the order of time, or `nil` where it is not kept.
    /// - Throws: ``PostroomQueue/QueueError``.
    public func delivery(_ id: DeliveryID) async throws(QueueError) -> (delivery: Delivery, pairs: [PairRecord])? {
        guard let row = try await administer(DeliveryRead(id: id.rawValue)).first else { return nil }
        let delivery = Delivery(
            id: id,
            endpoint: EndpointName(rawValue: row.endpoint),
            source: Source(rawValue: row.source),
            eventType: row.eventType,
            idempotencyKey: row.idempotencyKey,
            receivedAt: Timestamp(rawValue: row.receivedAt),
            headers: Headers(wire: row.headers),
            body: row.body
        )
        let pairs = try await administer(DeliveryPairs(shard: row.shard, delivery: id.rawValue))
        return (delivery, pairs.map(PairRecord.init))
    }

    /// Records a replay of kept deliveries, which the inbox carries out at its pace.
    ///
    /// - Parameters:
    ///   - filter: Which deliveries are meant.
    ///   - handler: The only handler that gets them, or `nil` for every one that subscribes to them.
    ///   - everything: Whether a filter that says nothing means all; without it that is refused.
    /// - Returns: The number of the replay.
    /// - Throws: ``PostroomQueue/QueueError``, also for a filter that names what does not exist; nothing is replayed then.
    public func replayDeliveries(
        _ filter: DeliveryFilter,
        to handler: HandlerName?,
        everything: Bool
    ) async throws(QueueError) -> Int64 {
        let replay = DeliveryReplay(
            ids: filter.ids?.map(\.rawValue),
            handler: handler?.rawValue,
            eventType: filter.eventType,
            endpoint: filter.endpoint?.rawValue,
            since: filter.since?.rawValue,
            until: filter.until?.rawValue,
            everything: everything
        )
        return try await administer(replay).first?.replay ?? 0
    }
}

extension PairRecord {
    fileprivate init(_ row: DeliveryPairs.Row) {
        self.init(
            handler: HandlerName(rawValue: row.handler),
            state: row.state,
            at: Timestamp(rawValue: row.at),
            attempt: row.attempt.map(Int.init),
            duration: row.duration.map(Duration.microseconds),
            worker: row.worker,
            detail: row.detail
        )
    }
}
