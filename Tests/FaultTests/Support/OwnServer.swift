import PrivatePostgres
import ProgramHarness
import Subprocess
import TestSupport

/// A server of a test's own, for faults that others would feel.
struct OwnServer: Sendable {
    let postgres: PrivatePostgres
    let folder: TestFolder

    /// Runs a body with a server, and ends it afterwards.
    static func with(
        parameters: [String: String] = [:],
        _ body: @Sendable (OwnServer) async throws -> Void
    ) async throws {
        try await Scene.withFolder { folder in
            let settings = PrivatePostgres.Settings(directory: folder.file("pg"), parameters: parameters)
            let server = try await PrivatePostgres.start(settings)
            do {
                try await body(OwnServer(postgres: server, folder: folder))
                await server.stop()
            } catch {
                await server.stop()
                throw error
            }
        }
    }

    /// Its processes, the first of them the one that began the others.
    func processes() async throws -> [Int32] {
        let database = Database(connectionString: postgres.connectionString)
        let backends = try await database.query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        guard let first = await postgres.processID else { throw Unexpected("the server does not run") }
        return [first] + backends.compactMap { $0.first.flatMap(\.self).flatMap { Int32($0) } }
    }

    /// A scene on it, with its schema; its programs may reach the server another way than the test.
    func scene(through detour: String? = nil) async throws -> Scene {
        let scene = try Scene(folder: folder, database: postgres.connectionString, through: detour)
        let direct = ["POSTROOM_DATABASE_URL": postgres.connectionString]
        var migration = Program.postroom("migrate")
        migration.environment = scene.environment.merging(direct) { $1 }
        let migrated = try await migration.run(in: folder)
        guard migrated.status == .exited(0) else { throw Unexpected(migrated.errors) }
        return scene
    }
}
