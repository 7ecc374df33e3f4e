import PostgresClient
package import PostroomCore

/// The state of a delivery at one handler, and the reason for it.
package struct Explanation: Hashable, Sendable {
    /// The handler.
    package let handler: HandlerName
    /// The state in one word: `queued`, `running`, `owed`, `sleeping`, `paused`, `orphaned`, `suspect`, `dead`, `handled`, `discarded`,
    /// `edited`, `unsubscribed`, `unreadable`, `removed` or `ended`.
    package let state: String
    /// The time since which it is so, where one is known.
    package let since: Timestamp?
    /// The reason in words.
    package let reason: String
    /// The arguments of the command line that help, where any do.
    package let command: String?
    /// The same in SQL.
    package let statement: String?
}

extension Inbox {
    /// Explains where a delivery stands at each handler.
    ///
    /// - Parameter id: The delivery's identity.
    /// - Returns: One explanation for each handler, by name; none where the delivery is kept nowhere, or there are no handlers.
    /// - Throws: ``PostroomCore/QueueError``.
    package func why(_ id: DeliveryID) async throws(QueueError) -> [Explanation] {
        try await administer(DeliveryWhy(delivery: id))
            .map { row in
                Explanation(
                    handler: row.handler,
                    state: row.state,
                    since: row.since,
                    reason: row.reason,
                    command: row.command,
                    statement: row.statement
                )
            }
    }

    /// Finds the deliveries that hold an idempotency key, however many others are kept.
    ///
    /// - Parameters:
    ///   - key: The sender's identity of the delivery.
    ///   - endpoint: The endpoint that it was posted to, or `nil` for every known one.
    /// - Returns: The identities, one for each endpoint that had it. Retention may have dropped the deliveries meanwhile.
    /// - Throws: ``PostroomCore/QueueError``.
    package func deliveries(
        withKey key: String,
        at endpoint: EndpointName? = nil
    ) async throws(QueueError) -> [DeliveryID] {
        try await administer(KeyDeliveries(key: key, endpoint: endpoint)).map(\.delivery)
    }
}
