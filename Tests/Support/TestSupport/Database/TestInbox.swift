package import Logging
import PostgresClient
package import PostroomCore
package import PostroomInbox

/// An inbox in a database of its own, for one test.
package struct TestInbox: Sendable {
    /// The inbox, connected and ready.
    package let inbox: Inbox
    /// How to reach its database otherwise.
    package let connectionString: String

    /// Each inbox has half a dozen connections, and two cores serve no more tests at once any faster.
    private static let semaphore = Semaphore(permits: 8)

    /// Runs a body with a fresh inbox, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - shards: How many shards the inbox has.
    ///   - logger: Where the inbox logs.
    ///   - body: What to do with it.
    /// - Returns: What the body returned.
    /// - Throws: What the body threw, or why there is no inbox.
    package static func with<Value: Sendable>(
        shards: Int16 = TestServer.shards,
        logger: Logger = .silent,
        _ body: @Sendable (TestInbox) async throws -> Value
    ) async throws -> Value {
        try await semaphore.withPermit {
            let connectionString = try await TestServer.shared.makeInboxDatabase(shards: shards)
            return try await with(connectionString: connectionString, logger: logger, body)
        }
    }

    /// Runs a body with an inbox in an existing database, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - connectionString: The database, which must be migrated.
    ///   - logger: Where the inbox logs.
    ///   - body: What to do with it.
    /// - Returns: What the body returned.
    /// - Throws: What the body threw, or why there is no inbox.
    package static func with<Value: Sendable>(
        connectionString: String,
        logger: Logger = .silent,
        _ body: @Sendable (TestInbox) async throws -> Value
    ) async throws -> Value {
        let configuration = InboxConfiguration(connectionString: connectionString)
        let inbox = Inbox(configuration: configuration, loop: TestServer.loop, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await inbox.run() }
            let state = try await inbox.checkSchema()
            guard state == .current else {
                throw QueueError(kind: .rejected, description: "the test database is not migrated: \(state)")
            }
            try await inbox.waitUntilConnected()
            let value = try await body(TestInbox(inbox: inbox, connectionString: connectionString))
            group.cancelAll()
            return value
        }
    }

    /// Runs SQL over a connection of its own, as a person with psql would.
    ///
    /// - Parameter sql: One statement without parameters.
    /// - Returns: The rows in text form.
    /// - Throws: ``PostgresClient/PostgresError``.
    @discardableResult
    package func query(_ sql: String) async throws -> [[String?]] {
        try await AdHocQuery.run(sql, on: connectionString)
    }

    /// The first column of the first row of a query, which must be an integer.
    ///
    /// - Parameter sql: One statement without parameters.
    /// - Returns: The integer.
    /// - Throws: ``PostgresClient/PostgresError``, or ``PostroomCore/QueueError`` where there is no integer.
    package func count(_ sql: String) async throws -> Int {
        guard let text = try await query(sql).first?.first.flatMap(\.self), let number = Int(text) else {
            throw QueueError(kind: .rejected, description: "no integer came of: \(sql)")
        }
        return number
    }
}

extension IncomingDelivery {
    /// A small request, for tests.
    ///
    /// - Parameters:
    ///   - key: Its idempotency key.
    ///   - endpoint: The endpoint that it was posted to.
    ///   - source: The endpoint's source.
    ///   - eventType: Its event type.
    ///   - body: Its body.
    /// - Returns: The request.
    package static func sample(
        key: String,
        endpoint: EndpointName = "test",
        source: Source = .wacht,
        eventType: String? = "user.created",
        body: String = "{}"
    ) -> IncomingDelivery {
        IncomingDelivery(
            endpoint: endpoint,
            source: source,
            identity: DeliveryIdentity(eventType: eventType, idempotencyKey: key),
            headers: Headers([("Content-Type", "application/json")]),
            body: Array(body.utf8)
        )
    }
}
