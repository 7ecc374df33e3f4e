import Logging
import PostgresClient
import PostroomCore
import PostroomInbox
import PrivatePostgres
import SystemPackage

/// Sends deliveries to real receivers and workers, does to them what happens to programs and databases, and judges what
/// came of it.
package struct ChaosRun: Sendable {
    private let settings: ChaosSettings
    private let tell: @Sendable (String) -> Void

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - settings: The settings of the run.
    ///   - tell: The listener that is told of the progress.
    package init(_ settings: ChaosSettings, tell: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.tell = tell
    }

    /// Makes the run, and ends everything that it started, also where it is cancelled.
    ///
    /// - Returns: The ledger, with every invariant that did not hold.
    /// - Throws: ``ChaosFailure`` where the run could not be made, or `CancellationError`.
    package func run() async throws -> ChaosReport {
        guard case .external(let connectionString, let upstream) = settings.database else {
            return try await runOnPrivateServer()
        }
        // A schema of its own: what is real in that database is not touched.
        let schema = "postroom_chaos_\(UInt32.random(in: 1...UInt32.max))"
        let database = Database(connectionString: connectionString, schema: schema, isShared: true)
        let target = upstream.map { upstream in
            switch upstream {
            case .unixSocket(let path): FaultProxy.Target.unixSocket(path: path)
            case .tcp(let host, let port): FaultProxy.Target.tcp(host: host, port: port)
            }
        }
        let result: Result<ChaosReport, any Error>
        do {
            result = .success(try await run(on: database, server: nil, target: target))
        } catch {
            result = .failure(error)
        }
        // unstructured: shields the removal of the schema from the cancellation
        await Task { try? await database.script("DROP SCHEMA IF EXISTS \(schema) CASCADE") }.value
        return try result.get()
    }

    private func runOnPrivateServer() async throws -> ChaosReport {
        tell("starting a private Postgres")
        let server: PrivatePostgres
        do {
            // Durable: an immediate stop must lose nothing that was answered.
            server = try await PrivatePostgres.start(.init(durable: true))
        } catch {
            throw ChaosFailure(error.description)
        }
        let result: Result<ChaosReport, any Error>
        do {
            let database = Database(connectionString: server.connectionString, schema: "postroom", isShared: false)
            let socket = server.folders.socket + "/.s.PGSQL.5432"
            result = .success(try await run(on: database, server: server, target: .unixSocket(path: socket)))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        return try result.get()
    }

    private func run(
        on database: Database,
        server: PrivatePostgres?,
        target: FaultProxy.Target?
    ) async throws -> ChaosReport {
        try await migrate(database)
        var proxy: FaultProxy?
        if let target {
            proxy = try await FaultProxy.start(for: target)
        }
        let nodesReach =
            database.connectionString + (proxy.map { " \($0.connectionString) sslmode=disable" } ?? "")
        let files = RunFiles(folder: FilePath(settings.folder))
        try files.writeConfiguration(connectionString: nodesReach, schema: database.schema, lease: settings.lease)
        let fleet = Fleet(
            NodeLaunch(
                program: settings.program,
                files: files,
                seed: settings.seed,
                effects: (nodesReach, database.schema)
            )
        )
        let scene = ChaosScene(
            settings: settings,
            database: database,
            server: server,
            proxy: proxy,
            files: files,
            fleet: fleet,
            tell: tell
        )
        let result: Result<ChaosReport, any Error>
        do {
            result = .success(try await scene.play())
        } catch {
            result = .failure(error)
        }
        await proxy?.stop()
        return try result.get()
    }

    private func migrate(_ database: Database) async throws {
        guard let schema = SchemaName(database.schema) else { throw ChaosFailure("no such schema name") }
        let migrator = Migrator(
            configuration: InboxConfiguration(connectionString: database.connectionString, schema: schema),
            loop: PollLoop(),
            logger: Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            _ = try await migrator.migrate()
            try await database.script(EffectStore.tables(in: database.schema))
        } catch {
            throw ChaosFailure("the schema \(database.schema) can't be made: \(error)")
        }
    }
}

/// A reason for which a run could not be made.
package struct ChaosFailure: Error, CustomStringConvertible {
    /// The fault, its place, and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
