import PostgresClient
public import PostroomCore

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
    /// Why its body names no event type though its source promises one, where a search asked for that.
    public var unreadable: String?
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
    /// Looks for kept deliveries, newest first.
    ///
    /// - Parameters:
    ///   - filter: Which are meant.
    ///   - start: The id below which it looks, or `nil` for the newest.
    ///   - limit: The most to find.
    ///   - time: How long it looks for them.
    ///   - reason: Says why a delivery without an event type has none, or `nil` where that is no oddity. Only a filter of
    ///     the state ``DeliveryState/unreadable`` asks it.
    /// - Returns: What lists show of each, and where it gave up.
    /// - Throws: ``PostroomCore/QueueError``.
    public func deliveries(
        _ filter: DeliveryFilter,
        below start: Int64? = nil,
        limit: Int,
        lookingFor time: Duration = Inbox.searchTime,
        reason: (Delivery) -> String? = { _ in nil }
    ) async throws(QueueError) -> Listing<DeliverySummary> {
        var size = StepSize()
        return try await search(below: start, limit: limit, for: time) { before, most throws(QueueError) in
            // Most of those without a type may be without one by nature, so a look asks for more of them than are wanted.
            let most = filter.state == .unreadable ? 256 : most
            let rows = try await step(&size) { span in
                DeliveryList(
                    before: before,
                    span: span,
                    most: Int32(clamping: most),
                    ids: filter.ids?.map(\.rawValue),
                    endpoint: filter.endpoint?.rawValue,
                    eventType: filter.eventType,
                    since: filter.since?.rawValue,
                    until: filter.until?.rawValue,
                    state: filter.state?.rawValue
                )
            }
            let found = rows.compactMap(DeliverySummary.init)
            let next = found.count < most ? rows.first?.reached : found.last?.id.rawValue
            let looked = Int(rows.first?.looked ?? 0)
            guard filter.state == .unreadable else { return (found, looked, next) }
            return (try await unreadable(among: found, reason), looked, next)
        }
        .limited(to: limit)
    }

    /// Picks the deliveries whose bodies can't be read, and says why.
    private func unreadable(
        among found: [DeliverySummary],
        _ reason: (Delivery) -> String?
    ) async throws(QueueError) -> [DeliverySummary] {
        var reasons: [DeliveryID: String] = [:]
        try await readPayloads(of: found.map(\.id)) { reasons[$0.id] = reason($0) }
        return found.compactMap { summary in
            guard let reason = reasons[summary.id] else { return nil }
            var summary = summary
            summary.unreadable = reason
            return summary
        }
    }

    /// Reads deliveries with their bodies, a few at a time so that memory stays bounded.
    ///
    /// - Parameters:
    ///   - ids: Their numbers; those that are kept no longer are left out.
    ///   - body: What is done with each.
    /// - Throws: ``PostroomCore/QueueError``; some may have been read by then.
    func readPayloads(of ids: [DeliveryID], _ body: (Delivery) -> Void) async throws(QueueError) {
        var open = ids.map(\.rawValue).sorted()
        while !open.isEmpty {
            let rows = try await administer(DeliveryPayload(ids: open, bytes: 4 << 20))
            guard let last = rows.last?.id else { return }
            for row in rows {
                body(Delivery(row))
            }
            open.removeAll { $0 <= last }
        }
    }

    /// Counts kept deliveries, however long that takes.
    ///
    /// - Parameter filter: Which are meant; a state is not looked at.
    /// - Returns: How many match.
    /// - Throws: ``PostroomCore/QueueError``.
    public func countDeliveries(_ filter: DeliveryFilter) async throws(QueueError) -> Int {
        try await sum { before, size throws(QueueError) in
            let row = try await step(&size) { span in
                DeliveryCount(
                    before: before,
                    span: span,
                    ids: filter.ids?.map(\.rawValue),
                    endpoint: filter.endpoint?.rawValue,
                    eventType: filter.eventType,
                    since: filter.since?.rawValue,
                    until: filter.until?.rawValue
                )
            }
            .first
            return (row?.deliveries ?? 0, row?.reached)
        }
    }

    /// Reads a delivery, and what became of it at each handler.
    ///
    /// - Parameter id: Its identity.
    /// - Returns: The delivery and its records in the order of time, or `nil` where it is not kept.
    /// - Throws: ``PostroomCore/QueueError``.
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
        let pairs = try await administer(DeliveryPairs(delivery: id.rawValue))
        return (delivery, pairs.map(PairRecord.init))
    }

    /// Records a replay of kept deliveries, which the inbox carries out at its pace.
    ///
    /// - Parameters:
    ///   - filter: Which deliveries are meant.
    ///   - handler: The only handler that gets them, or `nil` for every one that subscribes to them.
    ///   - everything: Whether a filter that says nothing means all; without it that is refused.
    /// - Returns: The number of the replay.
    /// - Throws: ``PostroomCore/QueueError``, also for a filter that names what does not exist; nothing is replayed then.
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

extension Listing {
    /// The same with at most so many, in which case it did not give up.
    fileprivate func limited(to limit: Int) -> Listing {
        found.count <= limit ? self : Listing(found: Array(found.prefix(limit)))
    }
}

extension DeliverySummary {
    /// The delivery of a row, or `nil` for the row that only says how far a look came.
    fileprivate init?(_ row: DeliveryList.Row) {
        guard let id = row.id, let receivedAt = row.receivedAt, let endpoint = row.endpoint, let source = row.source,
            let key = row.idempotencyKey, let bytes = row.bytes, let state = row.state
        else { return nil }
        self.init(
            id: DeliveryID(rawValue: id),
            receivedAt: Timestamp(rawValue: receivedAt),
            endpoint: EndpointName(rawValue: endpoint),
            source: Source(rawValue: source),
            eventType: row.eventType,
            idempotencyKey: key,
            bytes: Int(bytes),
            state: state
        )
    }
}

extension Delivery {
    fileprivate init(_ row: DeliveryPayload.Row) {
        self.init(
            id: DeliveryID(rawValue: row.id),
            endpoint: EndpointName(rawValue: row.endpoint),
            source: Source(rawValue: row.source),
            eventType: row.eventType,
            idempotencyKey: row.idempotencyKey,
            receivedAt: Timestamp(rawValue: row.receivedAt),
            headers: Headers(wire: row.headers),
            body: row.body
        )
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
