import PostgresClient

/// SQL over a connection of its own, as a person with psql runs it.
package enum AdHocQuery {
    /// Runs one statement without parameters.
    ///
    /// - Returns: The rows in text form.
    /// - Throws: `PostgresError`.
    package static func run(_ sql: String, on connectionString: String) async throws -> [[String?]] {
        // Between its beginning and its statement it may wait for a processor, which is no idleness.
        let settings = PostgresConfiguration(
            connectionString: connectionString,
            applicationName: "psql",
            settings: ["idle_session_timeout": "0"]
        )
        let connection = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
        do {
            let rows = try await connection.query(sql)
            await connection.close()
            return rows
        } catch {
            await connection.close()
            throw error
        }
    }
}
