import PostgresClient
package import PostroomCore

/// An event that was enqueued for later and is no delivery yet.
package struct ScheduledEvent: Hashable, Sendable {
    /// The time at which it becomes a delivery.
    package let dueAt: Timestamp
    /// The time at which it was enqueued.
    package let scheduledAt: Timestamp
    /// The endpoint whose deliveries it joins.
    package let endpoint: EndpointName
    /// The source, by which handlers subscribe.
    package let source: Source
    /// The event type.
    package let eventType: String?
    /// The idempotency key.
    package let idempotencyKey: String
    /// The size of its body.
    package let bytes: Int
}

/// An event that was enqueued for later, as somebody wanted to take it back.
package struct Cancellation: Sendable {
    /// The endpoint.
    package let endpoint: EndpointName
    /// The time at which it is due.
    package let dueAt: Timestamp
    /// `true` where it was taken back.
    package let isCancelled: Bool
}

extension Inbox {
    /// Lists what was enqueued for later, the next one first.
    ///
    /// - Parameters:
    ///   - filter: The conditions; those on a delivery's key, endpoint, source and event type count.
    ///   - limit: The most that are listed.
    /// - Returns: The events.
    /// - Throws: ``PostroomCore/QueueError``.
    package func scheduledEvents(_ filter: DeliveryFilter, limit: Int) async throws(QueueError) -> [ScheduledEvent] {
        let list = ScheduledList(
            key: filter.idempotencyKey,
            endpoint: filter.endpoint,
            source: filter.source,
            eventType: filter.eventType,
            most: Int32(clamping: limit)
        )
        return try await administer(list)
            .map { row in
                ScheduledEvent(
                    dueAt: row.dueAt,
                    scheduledAt: row.scheduledAt,
                    endpoint: row.endpoint,
                    source: row.source,
                    eventType: row.eventType,
                    idempotencyKey: row.idempotencyKey,
                    bytes: Int(row.bytes)
                )
            }
    }

    /// Takes back what was enqueued for later under a key, where one endpoint has it.
    ///
    /// - Parameters:
    ///   - key: The idempotency key.
    ///   - endpoint: The endpoint, or `nil` for whichever has the key.
    ///   - checkOnly: `true` where nothing is to be taken back.
    /// - Returns: The events that were found, by endpoint; of several none was taken back.
    /// - Throws: ``PostroomCore/QueueError``.
    package func cancelScheduled(
        _ key: String,
        endpoint: EndpointName?,
        checkOnly: Bool
    ) async throws(QueueError) -> [Cancellation] {
        try await administer(ScheduledCancel(key: key, endpoint: endpoint, checkOnly: checkOnly))
            .map { Cancellation(endpoint: $0.endpoint, dueAt: $0.dueAt, isCancelled: $0.isCancelled) }
    }
}
