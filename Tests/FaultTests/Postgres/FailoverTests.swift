import Glibc
import ProgramHarness
import Subprocess
import Testing

@testable import PrivatePostgres

@Suite("A failover", .timeLimit(.minutes(10)))
struct FailoverTests {
    /// The end of the primary.
    enum Fault: CaseIterable {
        /// Its connections are reset.
        case killed
        /// Its connections stay open, as they do where a host vanishes.
        case frozen
    }

    @Test(
        "to a synchronous standby loses nothing that was answered 200, through one connection string with both hosts",
        arguments: Fault.allCases
    )
    func synchronousStandby(fault: Fault) async throws {
        let parameters = ["wal_level": "replica", "max_wal_senders": "4"]
        try await OwnServer.with(parameters: parameters) { primary in
            let folder = primary.folder
            let sockets = "\(primary.postgres.folders.socket),\(folder.file("standby/socket"))"
            let both =
                "host=\(sockets) port=5432,5432 user=postroom dbname=postgres target_session_attrs=read-write "
                + "connect_timeout=2"
            // Whoever asks follows the primary, the test included.
            _ = try await primary.scene()
            let scene = try Scene(folder: folder, database: both)
            try await Self.withStandby(of: primary) { standby in
                let database = scene.database
                try await eventually("the standby does not follow") {
                    try await database.count("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1
                }
                try await database.query("ALTER SYSTEM SET synchronous_standby_names = '*'")
                try await database.query("SELECT pg_reload_conf()")
                try await eventually("the standby is not waited for") {
                    try await database.count("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1
                }
                let environment = ["TESTWORKER_DELAY": "5", "POSTROOM_RECEIVER_COMMIT_TIMEOUT": "2s"]
                try await scene.serve(handlers: ["crm"], environment: environment) { program in
                    try await database.waitForWorkers()
                    let producer = Producer(port: try await program.receiverPort())
                    try await producer.send(named: "failover") {
                        try await eventually("there is no load") { producer.ledger.accepted.count > 200 }
                        let processes = try await primary.processes()
                        if fault == .killed {
                            await primary.postgres.kill()
                        } else {
                            for process in processes { kill(process, SIGSTOP) }
                        }
                        defer {
                            for process in processes { kill(process, SIGCONT) }
                        }
                        let lost = ContinuousClock.now
                        let before = producer.ledger.accepted.count
                        try await Database(connectionString: standby.connectionString).query("SELECT pg_promote()")
                        let promoted = ContinuousClock.now
                        let follower = Database(connectionString: standby.connectionString)
                        let handled = try await follower.count("SELECT count(*) FROM postroom.handled")
                        try await eventually("nothing flows", within: .seconds(8)) {
                            producer.ledger.accepted.count > before + 50
                        }
                        let promotion: Duration = promoted - lost
                        let pause: Duration = ContinuousClock.now - promoted
                        print("failover: \(fault), promoted after \(promotion), accepted again \(pause) later")
                        try await eventually("nothing is handled", within: .seconds(8)) {
                            try await follower.count("SELECT count(*) FROM postroom.handled") > handled
                        }
                        if fault == .frozen {
                            await primary.postgres.kill()
                        }
                    }
                    try await database.waitUntilDrained()
                    #expect(producer.ledger.answers[503] ?? 0 > 0)
                    try await Invariants.check(scene, producer, handlers: ["crm"])
                    #expect(try await program.stop() == .exited(0))
                }
            }
        }
    }

    /// Runs a body with a copy of the server that follows it.
    private static func withStandby(
        of primary: OwnServer,
        _ body: (PrivatePostgres) async throws -> Void
    ) async throws {
        let directory = primary.folder.file("standby")
        let account = primary.postgres.folders.account
        mkdir(directory, 0o755)
        chown(directory, account.userID, account.groupID)
        try await primary.postgres.programs.run(
            "pg_basebackup",
            [
                "--host=\(primary.postgres.folders.socket)", "--port=5432", "--username=postroom",
                "--pgdata=\(directory)/data", "--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf",
                "--no-sync",
            ],
            as: account
        )
        let standby = try await PrivatePostgres.start(.init(directory: directory))
        do {
            try await body(standby)
            await standby.stop()
        } catch {
            await standby.stop()
            throw error
        }
    }
}
