import PostgresClient
import PostroomInbox

/// A transaction that holds its snapshot open, so that nothing that dies meanwhile can be vacuumed.
enum SnapshotHolder {
    /// Runs a body while the snapshot is held.
    ///
    /// - Throws: The body's error, or the reason for which no snapshot could be held.
    static func with<Value>(
        _ database: BenchDatabase,
        _ tools: BenchTools,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let loop = PollLoop(name: "bench-snapshot")
        let settings = PostgresConfiguration(
            connectionString: database.inbox.connectionString,
            applicationName: "bench snapshot",
            statementTimeout: .zero,
            replyTimeout: .seconds(24 * 3600)
        )
        let connection = try await PostgresConnection.connect(settings, on: loop, logger: tools.logger)
        let backend = await connection.backendProcessID
        let result: Result<Value, any Error>
        do {
            result = try await withThrowingTaskGroup(of: Void.self) { group in
                // One statement is one snapshot, held until it is cancelled.
                group.addTask { _ = try? await connection.query("SELECT pg_sleep(86400), txid_current_snapshot()") }
                try await waitUntilHeld(by: backend, database)
                let result: Result<Value, any Error>
                do {
                    result = .success(try await body())
                } catch {
                    result = .failure(error)
                }
                try await database.run("SELECT pg_terminate_backend(\(backend))")
                group.cancelAll()
                return result
            }
        } catch {
            result = .failure(error)
        }
        await connection.close(within: .zero)
        await loop.stop()
        return try result.get()
    }

    private static func waitUntilHeld(by backend: Int32, _ database: BenchDatabase) async throws {
        for _ in 0..<500 {
            let held = try await database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = \(backend) AND backend_xmin IS NOT NULL AND state = 'active'"
            )
            if held > 0 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchFailure("no transaction could be made to hold a snapshot; see the server's log")
    }
}
