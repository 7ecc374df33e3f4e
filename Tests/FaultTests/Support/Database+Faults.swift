import PostgresClient
import ProgramHarness
import TestSupport

extension Database {
    /// Runs a body while another session holds what a statement locks.
    func holding(_ statement: String, _ body: () async throws -> Void) async throws {
        let name = "postroom-test-holder"
        let settings = PostgresConfiguration(
            connectionString: connectionString,
            applicationName: name,
            statementTimeout: .zero,
            replyTimeout: .seconds(60)
        )
        let connection = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
        let others = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = '\(name)'"
        let script = "BEGIN; \(statement); SELECT pg_sleep(60); COMMIT"
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await connection.run(script: script) }
            let outcome: Result<Void, any Error>
            do {
                try await eventually("nothing is held") {
                    try await count("SELECT count(*) \(others) AND wait_event = 'PgSleep'") == 1
                }
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            _ = try? await query("SELECT pg_terminate_backend(pid) \(others)")
            return outcome
        }
        await connection.close()
        try outcome.get()
    }
}

extension Database {
    /// Returns the most pairs that workers can hold, by what the database says was claimed.
    func held(ofHandlers count: Int) async throws -> Int {
        try await self.count(
            """
            SELECT (SELECT coalesce(sum(delivery_count), 0) * \(count) FROM postroom.batch WHERE worker IS NOT NULL)
                 + (SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL)
            """
        )
    }
}

extension Database {
    /// Makes that many deliveries whose batches are gone, so that they are whatever a test makes of them.
    func makeDeliveries(_ count: Int, named name: String) async throws {
        try await query(
            """
            SELECT count(postroom.enqueue('hooks', 'invoice.paid', '{"type":"invoice.paid"}', '\(name)-' || number))
            FROM generate_series(1, \(count)) number
            """
        )
        try await query("DELETE FROM postroom.batch")
    }
}
