import Logging
import PostgresClient
import PrivatePostgres

/// The private server and the loop that all tests of this process share.
///
/// Both end with the process.
enum TestServer {
    static let loop = PollLoop(name: "test-loop")
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // unstructured: shields the shared server from the cancellation of the test that happens to start it
    private static let server = Task { try await PrivatePostgres.start() }

    static var shared: PrivatePostgres {
        get async throws { try await server.value }
    }

    /// The address of the shared server.
    static func configuration() async throws -> PostgresConfiguration {
        PostgresConfiguration(connectionString: try await shared.connectionString)
    }

    /// Lends a connection to the shared server.
    static func withConnection<R>(
        _ adjust: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        var configuration = try await configuration()
        adjust(&configuration)
        return try await withConnection(to: configuration, body)
    }

    /// Lends a connection.
    static func withConnection<R>(
        to configuration: PostgresConfiguration,
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await PostgresConnection.connect(configuration, on: loop, logger: logger)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Lends a pool that runs.
    static func withPool<R: Sendable>(
        _ configuration: PostgresConfiguration,
        size: Int = 1,
        role: String = "test",
        _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(configuration: configuration, size: size, role: role, loop: loop, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            try await pool.waitUntilConnected()
            let result = try await body(pool)
            group.cancelAll()
            return result
        }
    }
}

/// The error that a call throws.
func failure<R>(of body: () async throws -> R) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
