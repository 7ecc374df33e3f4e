import Glibc
import PrivatePostgres
import ProgramHarness
import Subprocess
import TestSupport
import Testing

@Suite("PgBouncer in front of Postgres", .timeLimit(.minutes(10)))
struct PoolerTests {
    private static let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
        .first { (path: String) in access(path, X_OK) == 0 }

    @Test(
        "in transaction mode everything works, and work of other processes is found by polling",
        .enabled(if: program != nil, "pgbouncer is not installed")
    )
    func transactionMode() async throws {
        try await OwnServer.with { server in
            let scene = try await server.scene(
                through: "host=\(server.folder.path) port=6432 user=postroom dbname=postgres"
            )
            try await withPooler(server) {
                // The schema is checked, and would be migrated, through it as well.
                let environment = ["POSTROOM_DATABASE_POOLING": "transaction"]
                var check = Program.postroom("migrate", "--check")
                check.environment = scene.environment.merging(environment) { $1 }
                let checked = try await check.run(in: server.folder)
                #expect(checked.status == .exited(0), "\(checked.errors)")

                let producer = Producer()
                let failing = environment.merging(["TESTWORKER_BROKEN": "audit", "TESTWORKER_ATTEMPTS": "2"]) { $1 }
                try await scene.serve(role: "receiver", environment: environment) { receiver in
                    try await scene.serve(handlers: ["crm", "audit"], role: "worker", environment: failing) { worker in
                        try await scene.database.waitForWorkers()
                        producer.turn(to: try await receiver.receiverPort())
                        try await producer.send((1...300).map { "pooled-\($0)" })
                        try await scene.database.waitUntilDrained()
                        #expect(worker.log.entries.allSatisfy { $0.level != "error" })
                        #expect(try await worker.stop() == .exited(0))
                    }
                    // The same process receives and works, and batches are handed over.
                    try await scene.serve(handlers: ["crm", "audit"], environment: failing) { program in
                        try await scene.database.waitForWorkers()
                        producer.turn(to: try await program.receiverPort())
                        try await producer.send((1...300).map { "handed-\($0)" })
                        try await scene.database.waitUntilDrained()
                        #expect(try await program.stop() == .exited(0))
                    }
                    #expect(try await receiver.stop() == .exited(0))
                }
                #expect(producer.ledger.answers == [200: 600])
                try await Invariants.check(scene, producer, handlers: ["crm", "audit"]) { $1 == "audit" }
                #expect(scene.journal.repeated == 0)
                let kept =
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'postroom%' AND query LIKE 'LISTEN%'"
                #expect(try await scene.database.count(kept) == 0)
            }
        }
    }

    @Test(
        "in session mode everything works as without it, whatever settings the database has",
        .enabled(if: program != nil, "pgbouncer is not installed"),
        arguments: [
            [], ["TimeZone = 'Asia/Shanghai'", "standard_conforming_strings = off", "idle_session_timeout = '1s'"],
        ]
    )
    func sessionMode(settings: [String]) async throws {
        try await OwnServer.with { server in
            let direct = Database(connectionString: server.postgres.connectionString)
            for setting in settings {
                try await direct.query("ALTER DATABASE postgres SET \(setting)")
            }
            let scene = try await server.scene(
                through: "host=\(server.folder.path) port=6432 user=postroom dbname=postgres"
            )
            try await withPooler(server, mode: "session") {
                let check = try await scene.verb("migrate", "--check")
                #expect(check.status == .exited(0), "\(check.errors)")
                try await scene.serve(handlers: ["crm", "audit"]) { program in
                    try await scene.database.waitForWorkers()
                    let producer = Producer(port: try await program.receiverPort())
                    try await producer.send((1...200).map { "session-\($0)" })
                    try await scene.database.waitUntilDrained()
                    #expect(producer.ledger.answers == [200: 200])
                    try await Invariants.check(scene, producer, handlers: ["crm", "audit"])
                    let listening = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                    #expect(try await scene.database.count(listening) >= 1)
                    #expect(try await program.stop() == .exited(0))
                }
            }
        }
    }

    @Test(
        "in transaction mode a database's stricter isolation turns no duplicate into a refusal",
        .enabled(if: program != nil, "pgbouncer is not installed"),
        arguments: ["serializable", "repeatable read"]
    )
    func transactionIsolation(level: String) async throws {
        try await OwnServer.with { server in
            let direct = Database(connectionString: server.postgres.connectionString)
            try await direct.query("ALTER DATABASE postgres SET default_transaction_isolation = '\(level)'")
            try await direct.query("ALTER DATABASE postgres SET standard_conforming_strings = off")
            let scene = try await server.scene(
                through: "host=\(server.folder.path) port=6432 user=postroom dbname=postgres"
            )
            try await withPooler(server) {
                let pooled = ["POSTROOM_DATABASE_POOLING": "transaction"]
                try await scene.serve(role: "receiver", environment: pooled) { receiver in
                    let sender = Sender(port: try await receiver.receiverPort())
                    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                        for number in 0..<320 {
                            group.addTask { Int(try await sender.send(key: "same-\(number % 3)").status) }
                        }
                        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                    }
                    #expect(statuses == [200: 320])
                    #expect(try await direct.count("SELECT count(*) FROM postroom.delivery") == 3)
                }
            }
        }
    }

    private func withPooler(_ server: OwnServer, mode: String = "transaction", _ body: () async throws -> Void)
        async throws
    {
        let folder = server.folder
        let configuration = """
            [databases]
            * = host=\(server.postgres.folders.socket) port=5432 user=postroom
            [pgbouncer]
            pool_mode = \(mode)
            auth_type = any
            listen_addr =
            listen_port = 6432
            unix_socket_dir = \(folder.path)
            default_pool_size = \(mode == "session" ? 20 : 4)
            logfile = \(folder.file("pgbouncer.log"))
            """
        try folder.write(configuration, to: "pgbouncer.ini")
        chmod(folder.file("pgbouncer.ini"), 0o644)
        var pooler = Program(name: Self.program ?? "", arguments: [folder.file("pgbouncer.ini")])
        if geteuid() == 0, let account = getpwnam("postgres") ?? getpwnam("nobody") {
            // It refuses root, as Postgres does, and has to reach the server's socket.
            chmod(folder.path, 0o777)
            pooler.arguments =
                ["--reuid=\(account.pointee.pw_uid)", "--clear-groups", "--", pooler.name] + pooler.arguments
            pooler.name = "/usr/bin/setpriv"
        }
        try await RunningProgram.with(pooler, in: folder) { running in
            try await eventually("pgbouncer does not listen: \(running.log.text)", within: .seconds(10)) {
                access(folder.file(".s.PGSQL.6432"), F_OK) == 0
            }
            try await body()
        }
    }
}
