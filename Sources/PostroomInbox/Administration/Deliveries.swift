import PostgresClient
package import PostroomCore

/// A kept delivery as lists show it.
package struct DeliverySummary: Sendable {
    /// Its identity.
    package let id: DeliveryID
    /// When it was committed.
    package let receivedAt: Timestamp
    /// The endpoint that it was posted to.
    package let endpoint: EndpointName
    /// The kind of producer.
    package let source: Source
    /// The event type, where it has one.
    package let eventType: String?
    /// The sender's identity of it.
    package let idempotencyKey: String
    /// The size of its body in bytes.
    package let bytes: Int
    /// Its state: `queued`, `owed` (some handler has yet to handle it), `dead` (some handler gave it up) or `settled`.
    package let state: String
    /// The reason for which its body names no event type although its source promises one, where a search asked for that.
    package var unreadable: String?
}

/// An occurrence in the life of a delivery at one handler.
package struct PairRecord: Sendable {
    /// The handler.
    package let handler: HandlerName
    /// The occurrence, `handled` or `failed` (one attempt), or the state of the job: `owed`, `running`, `dead`.
    package let state: String
    /// The time, for `owed` the one at which it is due.
    package let at: Timestamp
    /// The attempt, where one is known.
    package let attempt: Int?
    /// The duration of the attempt, where there was one.
    package let duration: Duration?
    /// The worker, where one is known.
    package let worker: Int64?
    /// The error of a failure, or the reason of a death.
    package let detail: String?
}

extension Inbox {
    /// Looks for kept deliveries, newest first.
    ///
    /// - Parameters:
    ///   - filter: The deliveries that are meant.
    ///   - start: The id below which it looks, or `nil` for the newest.
    ///   - limit: The most to find.
    ///   - time: The longest time that it looks for them.
    ///   - reason: Says why a delivery without an event type has none, or `nil` where that is no oddity. Only a filter of
    ///     the state ``DeliveryState/unreadable`` asks it.
    /// - Returns: A summary of each, and the place at which it gave up.
    /// - Throws: ``PostroomCore/QueueError``.
    package func deliveries(
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
                DeliveryList(before: before, span: span, most: Int32(clamping: most), filter: filter)
            }
            let found = rows.compactMap { DeliverySummary($0) }
            let next = found.count < most ? rows.first?.reached : found.last?.id.rawValue
            let looked = rows.first?.looked ?? 0
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
    ///   - body: The use of each.
    /// - Throws: ``PostroomCore/QueueError``; some may have been read by then.
    func readPayloads(of ids: [DeliveryID], _ body: (Delivery) -> Void) async throws(QueueError) {
        var open = ids.sorted()
        while !open.isEmpty {
            let rows = try await administer(DeliveryPayload(ids: open, bytes: 4 << 20))
            guard let last = rows.last?.deliveryID else { return }
            for row in rows {
                body(Delivery(row))
            }
            open.removeAll { $0 <= last }
        }
    }

    /// Reads deliveries with their bodies.
    ///
    /// - Parameter ids: Their identities, at most some hundreds.
    /// - Returns: Those that are kept, by identity.
    /// - Throws: ``PostroomCore/QueueError``.
    package func payloads(of ids: [DeliveryID]) async throws(QueueError) -> [DeliveryID: Delivery] {
        var found: [DeliveryID: Delivery] = [:]
        try await readPayloads(of: ids) { found[$0.id] = $0 }
        return found
    }

    /// Counts kept deliveries, however long that takes.
    ///
    /// - Parameter filter: The deliveries that are meant; a state is not looked at.
    /// - Returns: The number of deliveries that match.
    /// - Throws: ``PostroomCore/QueueError``.
    package func countDeliveries(_ filter: DeliveryFilter) async throws(QueueError) -> Int {
        try await sum { before, size throws(QueueError) in
            let row = try await step(&size) { span in
                DeliveryCount(before: before, span: span, filter: filter)
            }
            .first
            return (row?.deliveries ?? 0, row?.reached)
        }
    }

    /// Reads a delivery, and its records at each handler.
    ///
    /// - Parameter id: Its identity.
    /// - Returns: The delivery and its records in the order of time, or `nil` where it is not kept.
    /// - Throws: ``PostroomCore/QueueError``.
    package func delivery(_ id: DeliveryID) async throws(QueueError) -> (delivery: Delivery, pairs: [PairRecord])? {
        guard let row = try await administer(DeliveryRead(id: id)).first else { return nil }
        let pairs = try await administer(DeliveryPairs(delivery: id))
        return (Delivery(row), pairs.map { PairRecord($0) })
    }

    /// Records a replay of kept deliveries, which the inbox carries out at its pace.
    ///
    /// - Parameters:
    ///   - filter: The deliveries that are meant.
    ///   - pace: Its pace, the rule by which it stops, and the only handler that gets them, if one is named.
    ///   - everything: True to let a filter without a condition mean all; else it is refused.
    /// - Returns: The number of the replay.
    /// - Throws: ``PostroomCore/QueueError``, also for a filter that names what does not exist; nothing is replayed then.
    package func replayDeliveries(
        _ filter: DeliveryFilter,
        pace: ReplayPace = ReplayPace(),
        everything: Bool
    ) async throws(QueueError) -> Int64 {
        try await administer(DeliveryReplay(filter: filter, everything: everything, pace: pace)).first?.replay ?? 0
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
            id: id,
            receivedAt: receivedAt,
            endpoint: endpoint,
            source: source,
            eventType: row.eventType,
            idempotencyKey: key,
            bytes: Int(bytes),
            state: state
        )
    }
}

extension PairRecord {
    fileprivate init(_ row: DeliveryPairs.Row) {
        self.init(
            handler: row.handler,
            state: row.state,
            at: row.at,
            attempt: row.attempt.map { Int($0) },
            duration: row.duration,
            worker: row.worker?.rawValue,
            detail: row.detail
        )
    }
}
