import PrivatePostgres
import ProgramHarness
import Subprocess
import TestSupport
import Testing

@Suite("An environment and a database with settings of their own")
struct SettingTests {
    /// The settings that libpq takes from a program's environment, and the server from a database.
    struct Setting: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var environment: [String: String] = [:]
        var database: [String] = []
    }

    static let settings = [
        Setting(testDescription: "PGTZ", environment: ["PGTZ": "Asia/Shanghai"]),
        Setting(
            testDescription: "PGDATESTYLE",
            environment: ["PGDATESTYLE": "SQL, DMY", "PGTZ": "America/Los_Angeles"]
        ),
        Setting(
            testDescription: "PGOPTIONS",
            environment: [
                "PGOPTIONS": "-c standard_conforming_strings=off -c search_path=a"
                    + " -c default_transaction_isolation=serializable"
            ]
        ),
        Setting(testDescription: "PGCLIENTENCODING", environment: ["PGCLIENTENCODING": "LATIN1"]),
        Setting(
            testDescription: "several at once, and a database's beside them",
            environment: ["PGTZ": "Asia/Shanghai", "PGDATESTYLE": "German", "PGOPTIONS": "-c IntervalStyle=iso_8601"],
            database: [
                "DateStyle = 'SQL, MDY'", "TimeZone = 'Asia/Shanghai'", "standard_conforming_strings = off",
                "default_transaction_isolation = 'repeatable read'", "idle_session_timeout = '1s'",
            ]
        ),
    ]

    @Test(
        "change nothing: partitions are days of UTC, duplicates one delivery, what is expired goes",
        arguments: settings
    )
    func change(setting: Setting) async throws {
        try await Scene.withFolder { folder in
            let connectionString = try await TestServer.shared.makeEmptyDatabase()
            let scene = try Scene(folder: folder, database: connectionString)
            let name = try #require(try await scene.database.query("SELECT current_database()").first?[0])
            for change in setting.database {
                try await scene.database.query("ALTER DATABASE \(name) SET \(change)")
            }
            var migrate = Program.postroom("migrate")
            migrate.environment = scene.environment.merging(setting.environment) { $1 }
            let migrated = try await migrate.run(in: folder)
            #expect(migrated.status == .exited(0), "\(migrated.errors)")
            let pins = " options='-c TimeZone=UTC -c DateStyle=ISO -c standard_conforming_strings=on'"
            let pinned = Database(connectionString: connectionString + pins)
            try await pinned.query(
                "CREATE TABLE postroom.handled_p20200101 PARTITION OF postroom.handled"
                    + " FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z')"
            )
            try await scene.serve(handlers: ["crm"], environment: setting.environment) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<320 {
                        group.addTask { Int(try await sender.send(key: "same-\(number % 4)").status) }
                    }
                    return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [200: 320])
                try await scene.database.waitUntilDrained()
                #expect(try await pinned.count("SELECT count(*) FROM postroom.delivery") == 4)
                try await eventually("nothing expired is dropped") {
                    try await pinned.query("SELECT to_regclass('postroom.handled_p20200101')") == [[nil]]
                }
                #expect(try await program.stop() == .exited(0))
            }
            let wrong = """
                SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE c.relname ~ '_p[0-9]{8}$' AND pg_get_expr(c.relpartbound, c.oid) NOT LIKE
                    '%' || to_date(right(c.relname, 8), 'YYYYMMDD') || ' 00:00:00+00%00:00:00+00%'
                """
            #expect(try await pinned.query(wrong) == [])
            #expect(try await pinned.count("SELECT count(*) FROM postroom.delivery_default") == 0)
        }
    }

    @Test("a database that is not UTF-8 is told at start, and the program is not ready")
    func encoding() async throws {
        try await Scene.withFolder { folder in
            let server = try await TestServer.shared.server()
            let plain = Database(connectionString: server.connectionString)
            try await plain.query("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
            let scene = try Scene(folder: folder, database: server.connectionString(database: "latin"))
            let migrated = try await scene.verb("migrate")
            #expect(migrated.status == .exited(1))
            #expect(migrated.errors.contains("ENCODING 'UTF8'"), "\(migrated.errors)")
            try await scene.serve(role: "receiver") { program in
                let adminPort = try await program.adminPort()
                try await eventually("it is not told") {
                    let ready = try await Sender.get("/health/ready", port: adminPort)
                    return ready.status == 503 && ready.body.contains("LATIN1")
                }
            }
        }
    }
}
