import ProgramHarness
import Subprocess
import TestSupport
import Testing

/// An owner that migrates, a role that serves and owns nothing, and one that reads.
@Suite("Three roles with no more rights than they need")
struct RoleTests {
    /// The database as each role reaches it, and programs that serve with the server's.
    private struct Roles: Sendable {
        let scene: Scene
        let owner: Database
        let reader: Database
        let serverName: String
    }

    private func withRoles(maintenance: Bool, _ body: @Sendable (Roles) async throws -> Void) async throws {
        try await Scene.withFolder { folder in
            let direct = Database(connectionString: try await TestServer.shared.makeEmptyDatabase())
            // The roles of a server are shared by all its databases.
            let number = UInt32.random(in: 1...UInt32.max)
            let names = ["owner_\(number)", "server_\(number)", "reader_\(number)"]
            for statement in try DeployedFiles.roleStatements(names) {
                try await direct.query(statement)
            }
            let owner = Database(connectionString: direct.connectionString + " user=\(names[0])")
            let scene = try Scene(
                folder: folder,
                database: direct.connectionString,
                through: direct.connectionString + " user=\(names[1])"
            )
            var migrate = Program.postroom("migrate")
            migrate.environment = scene.environment.merging(["POSTROOM_DATABASE_URL": owner.connectionString]) { $1 }
            let migrated = try await migrate.run(in: folder)
            #expect(migrated.status == .exited(0), "\(migrated.errors)")
            let arguments = maintenance ? "" : ", maintenance => false"
            try await owner.query("SELECT postroom.allow_serving('\(names[1])'\(arguments))")
            try await owner.query("SELECT postroom.allow_reading('\(names[2])')")
            let reader = Database(connectionString: direct.connectionString + " user=\(names[2])")
            try await body(Roles(scene: scene, owner: owner, reader: reader, serverName: names[1]))
        }
    }

    private func partitions(_ database: Database) async throws -> Int {
        try await database.count("SELECT count(*) FROM pg_inherits WHERE inhparent = 'postroom.delivery'::regclass")
    }

    @Test("the serving role receives, handles, makes partitions and drops expired ones; the reader only reads")
    func all() async throws {
        try await withRoles(maintenance: true) { roles in
            let scene = roles.scene
            try await roles.owner.query(
                "CREATE TABLE postroom.handled_p20200101 PARTITION OF postroom.handled"
                    + " FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z')"
            )
            let broken = ["TESTWORKER_BROKEN": "audit", "TESTWORKER_ATTEMPTS": "1"]
            try await scene.serve(handlers: ["crm", "audit"], environment: broken) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(keys: (1...20).map { "role-\($0)" })
                try await scene.database.waitUntilDrained()
                #expect(try await scene.database.handledPairs().count == 20)
                #expect(try await scene.database.deadPairs().count == 20)
                try await eventually("no partitions appear") { try await partitions(scene.database) == 9 }
                try await eventually("nothing expired is dropped") {
                    try await scene.database.query("SELECT to_regclass('postroom.handled_p20200101')") == [[nil]]
                }
                let replayed = try await scene.verb("dead-letters", "replay", "--all")
                #expect(replayed.status == .exited(0), "\(replayed.errors)")
                let metrics = try await Sender.get("/metrics", port: try await program.adminPort()).body
                #expect(metrics.contains("postroom_partition_days_ahead 7"), "\(metrics)")
                #expect(metrics.contains("postroom_partition_maintenance_allowed 1"))
                #expect(!program.log.text.contains("permission denied"))
                #expect(try await program.stop() == .exited(0))
            }
            #expect(try await roles.reader.count("SELECT dead_letters FROM postroom.status") >= 0)
            for forbidden in [
                "SELECT postroom.make_partitions(9)", "SELECT postroom.drop_expired_partition('delivery', now())",
                "SELECT postroom.discard_dead_letters(everything => true)", "DELETE FROM postroom.batch",
                "SELECT postroom.enqueue('a', 'b', 'c')",
            ] {
                await #expect(throws: (any Error).self, "\(forbidden)") { try await roles.reader.query(forbidden) }
            }
        }
    }

    @Test("a role without the rights for partitions serves, and log, metric and status say that nobody makes them")
    func withoutMaintenance() async throws {
        try await withRoles(maintenance: false) { roles in
            let scene = roles.scene
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(keys: ["role"])
                try await scene.database.waitUntilDrained()
                let warning = try await program.logged("nobody makes partitions ahead")
                #expect(warning["advice"]?.contains("allow_serving('\(roles.serverName)')") == true)
                let adminPort = try await program.adminPort()
                #expect(try await Sender.get("/health/ready", port: adminPort).status == 200)
                let metrics = try await Sender.get("/metrics", port: adminPort).body
                #expect(metrics.contains("postroom_partition_days_ahead 2"), "\(metrics)")
                #expect(metrics.contains("postroom_partition_maintenance_allowed 0"))
                let status = try await scene.verb("status")
                #expect(status.output.contains("may not make more"), "\(status.output)")
                #expect(try await program.stop() == .exited(0))
            }
            #expect(try await partitions(roles.owner) == 4)
        }
    }

    @Test("a role that can't store deliveries is not ready, and is told what it lacks and what to do")
    func withoutRights() async throws {
        try await withRoles(maintenance: true) { roles in
            try await roles.owner.query("REVOKE INSERT ON postroom.delivery, postroom.batch FROM \(roles.serverName)")
            try await roles.scene.serve(role: "receiver") { program in
                let adminPort = try await program.adminPort()
                try await eventually("it is not told") {
                    let ready = try await Sender.get("/health/ready", port: adminPort)
                    return ready.status == 503 && ready.body.contains("INSERT on postroom.delivery")
                        && ready.body.contains("allow_serving")
                }
                try await roles.owner.query("SELECT postroom.allow_serving('\(roles.serverName)')")
                try await eventually("it is not ready") {
                    try await Sender.get("/health/ready", port: adminPort).status == 200
                }
            }
        }
    }
}
