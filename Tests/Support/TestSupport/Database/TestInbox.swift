package import Logging
import PostgresClient
package import PostroomCore
package import PostroomInbox

/// An inbox in a database of its own, for one test.
package struct TestInbox: Sendable {
    /// The inbox, connected and ready.
    package let inbox: Inbox
    /// The connection string of its database.
    package let connectionString: String

    /// Each inbox has half a dozen connections, and two cores serve no more tests at once any faster.
    private static let semaphore = Semaphore(permits: 8)

    /// Runs a body with a fresh inbox, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - logger: The inbox' logger.
    ///   - body: The work to do with it.
    /// - Returns: The body's value.
    /// - Throws: The body's error, or the reason for which there is no inbox.
    package static func with<Value: Sendable>(
        logger: Logger = .silent,
        _ body: @Sendable (TestInbox) async throws -> Value
    ) async throws -> Value {
        try await semaphore.withPermit {
            let connectionString = try await TestServer.shared.makeInboxDatabase()
            return try await with(connectionString: connectionString, logger: logger, body)
        }
    }

    /// Runs a body with an inbox in an existing database, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - connectionString: The database, which must be migrated.
    ///   - logger: The inbox' logger.
    ///   - body: The work to do with it.
    /// - Returns: The body's value.
    /// - Throws: The body's error, or the reason for which there is no inbox.
    package static func with<Value: Sendable>(
        connectionString: String,
        logger: Logger = .silent,
        _ body: @Sendable (TestInbox) async throws -> Value
    ) async throws -> Value {
        try await with(InboxConfiguration(connectionString: connectionString), logger: logger, body)
    }

    /// Runs a body with an inbox that is configured so, and ends its connections afterwards.
    ///
    /// - Parameters:
    ///   - configuration: The database, which must be migrated, and the connections.
    ///   - logger: The inbox' logger.
    ///   - body: The work to do with it.
    /// - Returns: The body's value.
    /// - Throws: The body's error, or the reason for which there is no inbox.
    package static func with<Value: Sendable>(
        _ configuration: InboxConfiguration,
        logger: Logger = .silent,
        _ body: @Sendable (TestInbox) async throws -> Value
    ) async throws -> Value {
        let inbox = Inbox(configuration: configuration, loop: TestServer.loop, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await inbox.run() }
            let state = try await inbox.checkSchema()
            guard state == .current else {
                throw QueueError(kind: .rejected, description: "the test database is not migrated: \(state)")
            }
            try await inbox.waitUntilConnected()
            let value = try await body(TestInbox(inbox: inbox, connectionString: configuration.connectionString))
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

extension TestInbox: InboxInspection {
    /// Reads the table `batch`.
    package func batches() async throws -> [BatchView] {
        try await query("SELECT id, worker FROM postroom.batch")
            .map { row in
                BatchView(id: BatchID(rawValue: try row.number(0)), holder: try row.worker(1))
            }
    }

    /// Reads the table `retry`.
    package func retries() async throws -> [RetryView] {
        let rows = try await query(
            """
            SELECT delivery_id, handler, failed_attempts, attempts_before_replay, due_at <= now(), worker
            FROM postroom.retry
            """
        )
        return try rows.map { row in
            RetryView(
                key: try row.pair(),
                failedAttempts: try row.number(2),
                attemptsBeforeReplay: try row.number(3),
                isDue: row[4] == "t",
                holder: try row.worker(5)
            )
        }
    }

    /// Reads the table `dead_letter`.
    package func deadLetters() async throws -> [DeadLetterView] {
        let rows = try await query(
            "SELECT delivery_id, handler, reason, failed_attempts, error FROM postroom.dead_letter"
        )
        return try rows.map { row in
            guard let reason = DeathReason(rawValue: try row.text(2)) else { throw UnreadableRow() }
            return DeadLetterView(
                key: try row.pair(),
                reason: reason,
                failedAttempts: try row.number(3),
                error: try row.text(4)
            )
        }
    }

    /// Reads the view `handled_run`.
    package func handledPairs() async throws -> [PairView] {
        try await query("SELECT delivery_id, handler FROM postroom.handled_run")
            .map { row in
                let delivery = DeliveryID(rawValue: try row.number(0))
                return PairView(delivery: delivery, handler: HandlerName(rawValue: try row.text(1)))
            }
    }

    /// Reads the table `superseded`.
    package func superseded() async throws -> [PairView] {
        try await query("SELECT delivery_id, handler FROM postroom.superseded")
            .map { row in
                let delivery = DeliveryID(rawValue: try row.number(0))
                return PairView(delivery: delivery, handler: HandlerName(rawValue: try row.text(1)))
            }
    }

    /// Discards a dead letter as a person with psql would.
    package func discard(_ key: RetryKey) async throws {
        try await query(
            """
            SELECT postroom.discard_dead_letters(ids => ARRAY(
                SELECT id FROM postroom.dead_letter WHERE delivery_id = \(key.delivery) AND handler = '\(key.handler)'))
            """
        )
    }

    /// Calls `postroom.finish` in a transaction of its own.
    package func finish(_ receipt: String) async throws -> FinishResult {
        do {
            try await query("SELECT postroom.finish('\(receipt)')")
            return .isFinished
        } catch let error as PostgresError {
            switch error.sqlState?.rawValue {
            case "PR001": return .isLost
            case "PR002": return .wasFinished
            case "PR003": return .isNoReceipt
            default: throw error
            }
        }
    }

    /// Replays a dead letter as the inbox does.
    package func replay(_ key: RetryKey) async throws {
        try await query(
            """
            SELECT postroom.owe_letters(ARRAY(
                SELECT id FROM postroom.dead_letter WHERE delivery_id = \(key.delivery) AND handler = '\(key.handler)'), NULL, NULL)
            """
        )
    }

    /// Reads the table `scheduled`.
    package func scheduledEvents() async throws -> [ScheduledView] {
        try await query("SELECT endpoint, idempotency_key FROM postroom.scheduled_delivery")
            .map { row in
                ScheduledView(endpoint: EndpointName(rawValue: try row.text(0)), key: try row.text(1))
            }
    }

    /// Counts the table `step`.
    package func stepCount() async throws -> Int {
        try await count("SELECT count(*) FROM postroom.step")
    }

    /// Takes an event back as a person with psql would.
    package func cancel(_ endpoint: EndpointName, _ key: String) async throws -> Bool {
        try await query("SELECT postroom.cancel('\(endpoint)', '\(key)')").first?.first == "t"
    }

    /// Pauses a handler as a person with psql would.
    package func pause(_ handler: HandlerName) async throws {
        try await query("SELECT postroom.pause_handler('\(handler)')")
    }

    /// Resumes a handler as a person with psql would.
    package func resume(_ handler: HandlerName) async throws {
        try await query("SELECT postroom.resume_handler('\(handler)')")
    }

    /// Renames a handler as a person with psql would.
    package func rename(_ handler: HandlerName, to name: HandlerName) async throws {
        try await query("SELECT postroom.rename_handler('\(handler)', '\(name)')")
    }

    /// Moves as much as one step of maintenance does.
    package func moveRenamed() async throws {
        try await query("SELECT postroom.move_renamed(1000)")
    }

    /// Moves times in the tables, and makes the server look old.
    package func letTimePass(_ duration: Duration) async throws {
        let passed = "make_interval(secs => \(duration.microseconds) / 1000000.0)"
        try await query("UPDATE postroom.worker SET heartbeat_at = heartbeat_at - \(passed)")
        try await query(
            "UPDATE postroom.retry SET due_at = due_at - \(passed), limit_cell_at = limit_cell_at - \(passed)"
        )
        try await query("UPDATE postroom.key_slot SET taken_at = taken_at - \(passed)")
        try await query(
            "UPDATE postroom.key_rate SET next_cell_at = next_cell_at - \(passed), taken_at = taken_at - \(passed)"
        )
        try await query("UPDATE postroom.handler SET busy_until = busy_until - \(passed)")
        try await query("UPDATE postroom.handler_limit SET next_cell_at = next_cell_at - \(passed)")
        try await query("UPDATE postroom.dead_letter_notice SET due_at = due_at - \(passed)")
        try await query("UPDATE postroom.scheduled SET due_at = due_at - \(passed)")
        try await query("UPDATE postroom.step SET due_at = due_at - \(passed) WHERE due_at IS NOT NULL")
        while try await count("SELECT looked FROM postroom.store_due_events(256)") > 0 {}
        inbox.forgetPlaces()
        // The server of the tests has just started, and nobody counts as silent for longer than that.
        try await query(
            """
            CREATE OR REPLACE FUNCTION postroom.server_started_at() RETURNS timestamptz
            LANGUAGE sql STABLE RETURN '-infinity'::timestamptz
            """
        )
    }
}

/// A row that does not have the form that its query gives it.
struct UnreadableRow: Error {}

extension [String?] {
    fileprivate func text(_ column: Int) throws -> String {
        guard let text = self[column] else { throw UnreadableRow() }
        return text
    }

    fileprivate func number<Number: FixedWidthInteger>(_ column: Int) throws -> Number {
        guard let number = Number(try text(column)) else { throw UnreadableRow() }
        return number
    }

    fileprivate func worker(_ column: Int) throws -> WorkerID? {
        self[column] == nil ? nil : WorkerID(rawValue: try number(column))
    }

    /// The pair that the first two columns name.
    fileprivate func pair() throws -> RetryKey {
        RetryKey(
            delivery: DeliveryID(rawValue: try number(0)),
            handler: HandlerName(rawValue: try text(1))
        )
    }
}
