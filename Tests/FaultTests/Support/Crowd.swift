import PostgresClient
import ProgramHarness
import TestSupport

/// Sessions that do nothing but be there.
struct Crowd: Sendable {
    let connections: [PostgresConnection]

    /// Connects until the server lets nobody in any more.
    static func takingAll(of connectionString: String) async throws -> Crowd {
        let settings = PostgresConfiguration(connectionString: connectionString, applicationName: "crowd")
        var connections: [PostgresConnection] = []
        while let next = try await connectOrNil(settings) {
            connections.append(next)
        }
        return Crowd(connections: connections)
    }

    /// Asks over a connection that is there already.
    @discardableResult
    func query(_ sql: String) async throws -> [[String?]] {
        try await connections.first?.query(sql) ?? []
    }

    /// Closes all of them.
    func leave() async {
        for connection in connections {
            await connection.close()
        }
    }

    private static func connectOrNil(_ settings: PostgresConfiguration) async throws -> PostgresConnection? {
        do {
            return try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
        } catch {
            guard error.sqlState?.rawValue == "53300" else { throw error }
            return nil
        }
    }
}
