import PostgresClient
import PostroomQueue
import PostroomTesting
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
        let applied = try await migrator.migrate(shards: 4)
        #expect(applied.first == "inbox")
        #expect(try await migrator.state() == .current)
        #expect(try await migrator.migrate() == [])
    }

    @Test("of two processes that migrate at once, each migration is applied by one")
    func racesSafely() async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask { try await migrator(connectionString).migrate(shards: 2) }
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        #expect(applied.count == Set(applied).count)
        #expect(try await migrator(connectionString).state() == .current)
    }

    @Test("the number of shards is decided when the schema is made")
    func refusesOtherShards() async throws {
        let migrator = migrator(try await TestServer.shared.makeEmptyDatabase())
        _ = try await migrator.migrate(shards: 2)
        let error = await #expect(throws: MigrationError.self) { try await migrator.migrate(shards: 3) }
        #expect(error?.description.contains("2 shard(s), and 3") == true)
        #expect(try await migrator.migrate(shards: 2) == [])
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
        let all = BundledMigrations.all
        for migration in all.prefix(2) {
            let connection = try await PostgresConnection.connect(
                PostgresConfiguration(connectionString: connectionString, applicationName: "test"),
                on: TestServer.loop,
                logger: .silent
            )
            try await connection.run(script: "CREATE SCHEMA IF NOT EXISTS postroom; \(migration.sql)")
            await connection.close()
        }
        _ = try await AdHocQuery.run("INSERT INTO postroom.inbox (shards) VALUES (1)", on: connectionString)
        _ = try await AdHocQuery.run(
            "CREATE TABLE postroom.migration (version integer PRIMARY KEY, name text, applied_at timestamptz DEFAULT now())",
            on: connectionString
        )
        _ = try await AdHocQuery.run(
            "INSERT INTO postroom.migration (version, name) VALUES (1, 'inbox'), (2, 'functions')",
            on: connectionString
        )
        #expect(try await migrator(connectionString).state() == .outdated(version: 2))
        #expect(try await migrator(connectionString).migrate() == all.dropFirst(2).map(\.name))
        #expect(try await migrator(connectionString).state() == .current)
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
            let replay = try await inbox.replayDeliveries(DeliveryFilter(), to: nil, everything: true)
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
}
