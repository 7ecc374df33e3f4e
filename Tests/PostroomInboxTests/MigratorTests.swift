import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Migrator")
struct MigratorTests {
    private func migrator(_ connectionString: String, schema: SchemaName = .standard) -> Migrator {
        Migrator(
            configuration: InboxConfiguration(connectionString: connectionString, schema: schema),
            loop: TestServer.loop,
            logger: .silent
        )
    }

    @Test("an empty database has no schema, and is up to date after one migration run")
    func migratesOnce() async throws {
        let migrator = migrator(try await TestServer.shared.makeEmptyDatabase())
        #expect(try await migrator.state() == .missing)
        let applied = try await migrator.migrate()
        #expect(applied.first == "tables")
        #expect(try await migrator.state() == .current)
        #expect(try await migrator.migrate() == [])
    }

    @Test("of two processes that migrate at once, each migration is applied by one")
    func racesSafely() async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask { try await migrator(connectionString).migrate() }
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        #expect(applied.count == Set(applied).count)
        #expect(try await migrator(connectionString).state() == .current)
    }

    @Test(
        "a schema that other migrations made is refused, and told which of them this program does not have",
        arguments: [
            ("UPDATE postroom.migration SET name = 'inbox' WHERE version = 1", Int32(1), "inbox"),
            (
                "DELETE FROM postroom.migration WHERE version > 4; UPDATE postroom.migration SET name = 'x' WHERE version = 4",
                4, "x"
            ),
            (
                "UPDATE postroom.migration SET name = 'later' WHERE version = 2; INSERT INTO postroom.migration VALUES (999, 'more')",
                2, "later"
            ),
        ]
    )
    func refusesForeignSchema(change: String, version: Int32, name: String) async throws {
        try await TestInbox.with { test in
            for sql in change.split(separator: "; ") {
                try await test.query(String(sql))
            }
            let before = try await test.query("SELECT * FROM postroom.migration")
            let migrator = migrator(test.connectionString)
            #expect(try await migrator.state() == .foreign(version: version, name: name))
            #expect(try await test.inbox.schemaState() == .foreign(version: version, name: name))
            let error = await #expect(throws: MigrationError.self) { try await migrator.migrate() }
            #expect(error?.description.contains("number \(version) is \"\(name)\"") == true)
            #expect(try await test.query("SELECT * FROM postroom.migration") == before)
        }
    }

    @Test("a schema that is newer than the program is refused and left alone")
    func refusesNewerSchema() async throws {
        try await TestInbox.with { test in
            try await test.query("INSERT INTO postroom.migration (version, name) VALUES (999, 'from_the_future')")
            let migrator = migrator(test.connectionString)
            #expect(try await migrator.state() == .newer(version: 999))
            let error = await #expect(throws: MigrationError.self) { try await migrator.migrate() }
            #expect(error?.description.contains("version 999") == true)
            #expect(try await test.inbox.schemaState() == .newer(version: 999))
        }
    }

    @Test("a schema that lacks the last migrations is outdated, and migrating finishes it")
    func finishesHalfMigrated() async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        var first = migrator(connectionString)
        first.lastVersion = 2
        #expect(try await first.migrate() == ["tables", "intake"])
        #expect(try await first.state() == .outdated(version: 2))
        #expect(
            try await migrator(connectionString).migrate() == BundledMigrations.all.dropFirst(2).map { $0.name }
        )
        #expect(try await migrator(connectionString).state() == .current)
    }

    @Test("nothing is stored in a schema that is not whole, although its tables are there", arguments: [Int32(2), 8])
    func waitsForWholeSchema(version: Int32) async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        var first = migrator(connectionString)
        first.lastVersion = version
        _ = try await first.migrate()
        let configuration = InboxConfiguration(connectionString: connectionString)
        let inbox = Inbox(configuration: configuration, loop: TestServer.loop, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await inbox.run() }
            #expect(try await inbox.checkSchema() == .outdated(version: version))
            try await inbox.waitUntilConnected()
            let refusal = await #expect(throws: QueueError.self) {
                _ = try await inbox.store([.sample(key: "k")], claimedBy: nil)
            }
            #expect(refusal?.kind == .unavailable)
            _ = try await migrator(connectionString).migrate()
            #expect(try await inbox.schemaState() == .current)
            #expect(try await inbox.store([.sample(key: "k")], claimedBy: nil).batches.count == 1)
            group.cancelAll()
        }
    }

    @Test(
        "a newer schema is worked with as long as each migration that the program does not know lets it",
        arguments: [
            (["NULL"], false), (["999"], false), (["CURRENT"], true), (["1"], true), (["1", "CURRENT"], true),
            (["1", "NULL"], false), (["1001", "1"], false), (["CURRENT + 1"], false),
        ] as [([String], Bool)]
    )
    func newerSchema(oldest: [String], works: Bool) async throws {
        try await TestInbox.with { test in
            for (index, text) in oldest.enumerated() {
                let value = text.replacing("CURRENT", with: "\(SchemaState.requiredVersion)")
                try await test.query("INSERT INTO postroom.migration VALUES (\(999 + index), 'later', now(), \(value))")
            }
            let newest = Int32(998 + oldest.count)
            let expected = works ? SchemaState.compatible(version: newest) : .newer(version: newest)
            #expect(try await migrator(test.connectionString).state() == expected)
            #expect(try await test.inbox.schemaState() == expected)
            guard works else {
                await #expect(throws: MigrationError.self) { try await migrator(test.connectionString).migrate() }
                return
            }
            #expect(try await migrator(test.connectionString).migrate() == [])
            #expect(try await test.inbox.store([.sample(key: "k")], claimedBy: nil).receipts.count == 1)
        }
    }

    @Test("a database that is not UTF-8 is refused in words", arguments: ["LATIN1", "SQL_ASCII", "EUC_KR"])
    func refusesEncoding(encoding: String) async throws {
        let existing = try await TestServer.shared.makeEmptyDatabase()
        let name = "encoded_\(encoding.lowercased())"
        let sql = "CREATE DATABASE \(name) ENCODING '\(encoding)' LOCALE 'C' TEMPLATE template0"
        _ = try await AdHocQuery.run(sql, on: existing)
        let connectionString = existing + " dbname=\(name)"
        let error = await #expect(throws: MigrationError.self) { try await migrator(connectionString).migrate() }
        #expect(error?.description.contains("encoding \(encoding)") == true)
        #expect(error?.description.contains("ENCODING 'UTF8'") == true)
    }

    @Test(
        "a role without CREATE on the database migrates a schema that is its own, and is told what to do where it can't"
    )
    func withoutCreate() async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        let role = "migrator_\(UInt32.random(in: 1...UInt32.max))"
        _ = try await AdHocQuery.run("CREATE ROLE \(role) LOGIN", on: connectionString)
        let ours = connectionString + " user=\(role)"
        let error = await #expect(throws: MigrationError.self) { try await migrator(ours).migrate() }
        #expect(error?.description.contains("CREATE SCHEMA postroom AUTHORIZATION") == true)
        _ = try await AdHocQuery.run("CREATE SCHEMA postroom AUTHORIZATION \(role)", on: connectionString)
        #expect(try await migrator(ours).migrate().first == "tables")
        #expect(try await migrator(ours).migrate() == [])
        // One that may only serve finds it up to date.
        _ = try await AdHocQuery.run("CREATE ROLE \(role)_2 LOGIN", on: connectionString)
        _ = try await AdHocQuery.run("SELECT postroom.allow_serving('\(role)_2', maintenance => false)", on: ours)
        #expect(try await migrator(connectionString + " user=\(role)_2").migrate() == [])
    }

    @Test("another schema name holds an inbox of its own")
    func takesAnotherSchema() async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        let schema = try #require(SchemaName("hooks_2"))
        _ = try await migrator(connectionString, schema: schema).migrate()
        #expect(try await migrator(connectionString).state() == .missing)
        let configuration = InboxConfiguration(connectionString: connectionString, schema: schema)
        let inbox = Inbox(configuration: configuration, loop: TestServer.loop, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await inbox.run() }
            #expect(try await inbox.checkSchema() == .current)
            try await inbox.waitUntilConnected()
            let result = try await inbox.store([.sample(key: "a")], claimedBy: nil)
            #expect(result.receipts.count == 1)
            let enqueue = "SELECT hooks_2.enqueue('internal', 'a.b', '{}')"
            #expect(try await AdHocQuery.run(enqueue, on: connectionString).count == 1)
            let replay = try await inbox.replayDeliveries(DeliveryFilter(), everything: true)
            #expect(replay == 1)
            group.cancelAll()
        }
    }

    @Test(
        "a schema name must be a plain identifier",
        arguments: [
            ("postroom", true), ("hooks_2", true), ("", false), ("2hooks", false), ("Hooks", false), ("a-b", false),
            ("a\"b", false), (String(repeating: "a", count: 64), false),
        ]
    )
    func checksSchemaName(name: String, isAllowed: Bool) {
        #expect((SchemaName(name) != nil) == isAllowed)
    }

    @Test("every function that is kept as text means the same in every session")
    func pinnedFunctions() async throws {
        try await TestInbox.with { test in
            let loose = try await test.query(
                """
                SELECT oid::regprocedure::text FROM pg_proc
                WHERE pronamespace = 'postroom'::regnamespace AND prosqlbody IS NULL
                  AND NOT coalesce(proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp', 'TimeZone=UTC']
                """
            )
            #expect(loose.isEmpty, "\(loose)")
        }
    }
}
