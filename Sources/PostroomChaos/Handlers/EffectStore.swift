import Logging
import PostgresClient
import PostroomCore

/// The table in which a handler has its effect: one row for each (delivery, handler) pair, however often it runs.
package struct EffectStore: Sendable {
    private let pool: PostgresPool
    private let schema: String

    /// Prepares the connections; none is made before ``run()``.
    ///
    /// - Parameters:
    ///   - connectionString: The database.
    ///   - schema: The schema of the run's own table.
    package init(connectionString: String, schema: String) {
        self.schema = schema
        self.pool = PostgresPool(
            configuration: PostgresConfiguration(connectionString: connectionString, applicationName: "chaos"),
            size: 1,
            role: "effect",
            loop: PollLoop(),
            logger: Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Holds the connection open until the task is cancelled.
    package func run() async {
        await pool.run()
    }

    /// Writes the pair's row unless it is there.
    func write(_ delivery: DeliveryID, _ handler: HandlerName) async throws {
        _ = try await pool.query(
            "INSERT INTO \(schema).chaos_effect (delivery_id, handler) VALUES (\(delivery), '\(handler)') "
                + "ON CONFLICT DO NOTHING"
        )
    }
}
