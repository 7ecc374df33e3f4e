import PostroomChaos
import PrivatePostgres
import ProgramHarness
import TestSupport

/// A scene whose programs reach their database through a proxy, while the test reaches it directly.
enum ProxiedScene {
    /// Runs a body with a migrated database of the shared server behind a proxy, and stops the proxy afterwards.
    static func with(_ body: @Sendable (Scene, FaultProxy) async throws -> Void) async throws {
        try await Scene.withFolder { folder in
            let server = try await TestServer.shared.server()
            let database = try await TestServer.shared.makeInboxDatabase()
            try await withProxy(to: server) { proxy in
                let detour = try detour(from: database, through: proxy)
                try await body(Scene(folder: folder, database: database, through: detour), proxy)
            }
        }
    }

    /// Runs a body with a proxy in front of a server, and stops the proxy afterwards.
    static func withProxy(to server: PrivatePostgres, _ body: (FaultProxy) async throws -> Void) async throws {
        let path = "\(server.folders.socket)/.s.PGSQL.5432"
        let proxy = try await FaultProxy.start(for: .unixSocket(path: path))
        do {
            try await body(proxy)
            await proxy.stop()
        } catch {
            await proxy.stop()
            throw error
        }
    }

    /// The same database, through the proxy.
    static func detour(from connectionString: String, through proxy: FaultProxy) throws -> String {
        let rest = connectionString.split(separator: " ")
            .filter { !$0.hasPrefix("host=") && !$0.hasPrefix("port=") }
        guard rest.count == 2 else { throw Unexpected("not a connection string of a private server") }
        return proxy.connectionString + " " + rest.joined(separator: " ")
    }
}
