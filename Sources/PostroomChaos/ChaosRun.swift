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
            return try await runOnPrivateServers()
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
            result = .success(try await run(on: [Place(database: database, server: nil, target: target)]))
        } catch {
            result = .failure(error)
        }
        // unstructured: shields the removal of the schema from the cancellation
        await Task { try? await database.script("DROP SCHEMA IF EXISTS \(schema) CASCADE") }.value
        return try result.get()
    }

    private func runOnPrivateServers() async throws -> ChaosReport {
        tell(settings.servers == 1 ? "starting a private Postgres" : "starting \(settings.servers) private Postgres")
        var servers: [PrivatePostgres] = []
        let result: Result<ChaosReport, any Error>
        do {
            for _ in 0..<settings.servers {
                // Durable: an immediate stop must lose nothing that was answered.
                servers.append(try await PrivatePostgres.start(.init(durable: true)))
            }
            result = .success(try await run(on: servers.map(Place.init)))
        } catch let error as PrivatePostgresError {
            result = .failure(ChaosFailure(error.description))
        } catch {
            result = .failure(error)
        }
        for server in servers {
            await server.stop()
        }
        return try result.get()
    }

    /// A database of the run before it is made ready.
    fileprivate struct Place {
        let database: Database
        let server: PrivatePostgres?
        let target: FaultProxy.Target?
    }

    private func run(on places: [Place]) async throws -> ChaosReport {
        var servers: [ChaosServer] = []
        let result: Result<ChaosReport, any Error>
        do {
            for (number, place) in places.enumerated() {
                try await migrate(place.database, number: places.count > 1 ? number : nil)
                var proxy: FaultProxy?
                if let target = place.target {
                    proxy = try await FaultProxy.start(for: target)
                }
                servers.append(ChaosServer(database: place.database, server: place.server, proxy: proxy))
            }
            result = .success(try await play(on: servers))
        } catch {
            result = .failure(error)
        }
        for server in servers {
            await server.proxy?.stop()
        }
        return try result.get()
    }

    private func play(on servers: [ChaosServer]) async throws -> ChaosReport {
        let files = RunFiles(folder: FilePath(settings.folder))
        let schema = servers[0].database.schema
        let addresses = servers.map(\.nodesReach)
        try files.writeConfiguration(connectionStrings: addresses, schema: schema, lease: settings.lease)
        let launch = NodeLaunch(
            program: settings.program,
            files: files,
            seed: settings.seed,
            effects: (addresses, schema)
        )
        let scene = ChaosScene(
            settings: settings,
            servers: servers,
            files: files,
            fleet: Fleet(launch),
            tell: tell
        )
        return try await scene.play()
    }

    private func migrate(_ database: Database, number: Int?) async throws {
        guard let schema = SchemaName(database.schema) else { throw ChaosFailure("no such schema name") }
        var configuration = InboxConfiguration(connectionString: database.connectionString, schema: schema)
        configuration.number = number
        let migrator = Migrator(
            configuration: configuration,
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

extension ChaosRun.Place {
    fileprivate init(_ server: PrivatePostgres) {
        self.init(
            database: Database(connectionString: server.connectionString, schema: "postroom", isShared: false),
            server: server,
            target: .unixSocket(path: server.folders.socket + "/.s.PGSQL.5432")
        )
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
