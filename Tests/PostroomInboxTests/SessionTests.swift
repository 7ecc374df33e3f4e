import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("A session whose meaning is ours")
struct SessionTests {
    /// The settings of a database, with which every session there begins.
    struct Oddity: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var settings: [String]
    }

    static let oddities = [
        Oddity(
            testDescription: "dates in words of another order, in a zone far from UTC",
            settings: ["DateStyle = 'SQL, DMY'", "TimeZone = 'Asia/Shanghai'", "IntervalStyle = 'sql_standard'"]
        ),
        Oddity(
            testDescription: "backslashes that escape",
            settings: ["standard_conforming_strings = off", "backslash_quote = on"]
        ),
        Oddity(
            testDescription: "serializable by default",
            settings: ["default_transaction_isolation = 'serializable'", "default_transaction_deferrable = on"]
        ),
        Oddity(
            testDescription: "repeatable read by default",
            settings: ["default_transaction_isolation = 'repeatable read'"]
        ),
        Oddity(
            testDescription: "a search path whose functions shadow the server's",
            settings: ["search_path = evil, pg_catalog"]
        ),
        Oddity(
            testDescription: "nulls that equal, and short limits",
            settings: ["transform_null_equals = on", "idle_session_timeout = '1s'", "statement_timeout = '40s'"]
        ),
    ]

    /// Makes a database with the settings, and functions that answer wrongly to who asks in `evil`.
    private func prepare(_ connectionString: String, _ oddity: Oddity) async throws {
        for sql in [
            "CREATE SCHEMA evil",
            "CREATE FUNCTION evil.now() RETURNS timestamptz RETURN timestamptz '1999-01-01'",
            "CREATE FUNCTION evil.to_date(text, text) RETURNS date RETURN date '1999-01-01'",
            "CREATE FUNCTION evil.max(bigint) RETURNS bigint RETURN 0",
        ] {
            _ = try await AdHocQuery.run(sql, on: connectionString)
        }
        try await prepare(connectionString, settings: oddity.settings)
    }

    private func withInbox(_ oddity: Oddity, _ body: @Sendable (TestInbox) async throws -> Void) async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        try await prepare(connectionString, oddity)
        let configuration = InboxConfiguration(connectionString: connectionString)
        let migrator = Migrator(configuration: configuration, loop: TestServer.loop, logger: .silent)
        #expect(try await migrator.migrate().isEmpty == false)
        #expect(try await migrator.state() == .current)
        try await TestInbox.with(connectionString: connectionString, body)
    }

    @Test("partitions begin and end at midnight UTC, and hold what came on their day", arguments: oddities)
    func bounds(oddity: Oddity) async throws {
        try await withInbox(oddity) { test in
            try await Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent).makePartitionsInTheEnd()
            let wrong = """
                SELECT count(*) FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
                WHERE c.relname ~ '_p[0-9]{8}$' AND pg_catalog.pg_get_expr(c.relpartbound, c.oid) <> pg_catalog.format(
                    'FOR VALUES FROM (''%s 00:00:00+00'') TO (''%s 00:00:00+00'')',
                    pg_catalog.to_date(pg_catalog.right(c.relname, 8), 'YYYYMMDD'),
                    pg_catalog.to_date(pg_catalog.right(c.relname, 8), 'YYYYMMDD') + 1)
                """
            let pinned = PostgresConfiguration(
                connectionString: test.connectionString,
                settings: SessionMeaning.settings(for: .session)
            )
            let connection = try await PostgresConnection.connect(pinned, on: TestServer.loop, logger: .silent)
            #expect(try await connection.query(wrong) == [["0"]])
            _ = try await test.inbox.store([.sample(key: "a")], claimedBy: nil)
            #expect(try await connection.query("SELECT pg_catalog.count(*) FROM postroom.delivery_default") == [["0"]])
            await connection.close()
        }
    }

    @Test("640 simultaneous duplicates are one delivery, and everybody is told its id", arguments: oddities)
    func duplicates(oddity: Oddity) async throws {
        try await withInbox(oddity) { test in
            let receipts = try await withThrowingTaskGroup(of: [IntakeReceipt].self) { group in
                for round in 0..<64 {
                    group.addTask {
                        let ten = (0..<10).map { IncomingDelivery.sample(key: "same-\(($0 + round) % 5)") }
                        return try await test.inbox.store(ten, claimedBy: nil).receipts
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(receipts.count == 640)
            #expect(Set(receipts.map(\.id)).count == 5)
            #expect(receipts.filter { !$0.isDuplicate }.count == 5)
        }
    }

    @Test("retention drops what is expired and owed to nobody, and nothing else", arguments: oddities)
    func retention(oddity: Oddity) async throws {
        try await withInbox(oddity) { test in
            for age in [0, 40, 50] {
                try await test.query(
                    """
                    DO $$ DECLARE day date := (pg_catalog.now() AT TIME ZONE 'UTC')::date - \(age); BEGIN
                    SET LOCAL DateStyle = 'ISO'; SET LOCAL TimeZone = 'UTC'; SET LOCAL search_path = pg_catalog;
                    IF \(age) > 0 THEN
                        EXECUTE format('CREATE TABLE postroom.delivery_p%s PARTITION OF postroom.delivery FOR VALUES FROM (%L) TO (%L)',
                            to_char(day, 'YYYYMMDD'), day || ' 00:00:00+00', day + 1 || ' 00:00:00+00');
                    END IF;
                    INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
                    VALUES (\(age + 1) * 256, now() - interval '\(age) days', 'e', 's', 'k\(age)', '', '');
                    END $$
                    """
                )
            }
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT id, 'h', received_at, received_at FROM postroom.delivery WHERE id = 51 * 256
                """
            )
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            try await maintenance.dropExpired()
            let left = "SELECT id / 256 - 1 FROM postroom.delivery ORDER BY id"
            #expect(try await test.query(left) == [["0"], ["50"]])
        }
    }

    @Test("a connection that waited longer than idle_session_timeout is still there")
    func idle() async throws {
        let oddity = Oddity(testDescription: "short", settings: ["idle_session_timeout = '1s'"])
        try await withInbox(oddity) { test in
            let backends =
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name LIKE 'postroom %' ORDER BY pid"
            let before = try await test.query(backends)
            // Longer than the limit, by the server's clock.
            try await test.query("SELECT pg_sleep(1.5)")
            #expect(try await test.query(backends) == before)
            #expect(before.count >= 6)
            let receipt = try await test.inbox.store([.sample(key: "a")], claimedBy: nil).receipts.first
            #expect(receipt?.isDuplicate == false)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 1)
        }
    }

    @Test("what is answered is on disk, whatever the database has by default", arguments: ["off", "remote_apply"])
    func durable(value: String) async throws {
        let oddity = Oddity(testDescription: value, settings: ["synchronous_commit = '\(value)'"])
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        try await prepare(connectionString, oddity)
        let intake = ConnectionRole.intake.configuration(for: InboxConfiguration(connectionString: connectionString))
        let connection = try await PostgresConnection.connect(intake, on: TestServer.loop, logger: .silent)
        #expect(try await connection.query("SHOW synchronous_commit") == [[value == "off" ? "on" : value]])
        await connection.close()
    }

    @Test("every function whose body is kept as text pins what the text depends on")
    func functionsPin() async throws {
        try await TestInbox.with { test in
            let loose = try await test.query(
                """
                SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'postroom'::regnamespace AND p.prosqlbody IS NULL
                  AND NOT (p.proconfig @> ARRAY['standard_conforming_strings=on', 'search_path=pg_catalog, pg_temp'])
                """
            )
            #expect(loose == [], "CREATE OR REPLACE drops what ALTER FUNCTION … SET pinned: say it again")
            let open = try await test.query(
                "SELECT proname FROM pg_proc WHERE pronamespace = 'postroom'::regnamespace AND prosecdef"
                    + " AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=%')"
            )
            #expect(open == [])
        }
    }

    @Test("what a person calls means the same in an odd session", arguments: oddities)
    func people(oddity: Oddity) async throws {
        var oddity = oddity
        // A person's own session may end while a busy test looks elsewhere.
        oddity.settings.removeAll { $0.hasPrefix("idle_session_timeout") }
        try await withInbox(oddity) { test in
            let body = #"{"path":"C:\\d"}"#
            let id = try #require(
                Int64(
                    try await test.query("SELECT postroom.enqueue('internal', 'a.b', $body$\(body)$body$, 'k')")[0][0]
                        ?? ""
                )
            )
            let kept = try #require(try await test.inbox.delivery(DeliveryID(rawValue: id)))
            #expect(kept.delivery.body == Array(body.utf8))
            let replay = "SELECT postroom.replay_deliveries(since => now() - interval '1 hour')"
            #expect(try await test.query(replay).count == 1)
            #expect(try await test.query("SELECT postroom.discard_dead_letters(everything => true)") == [["0"]])
        }
    }

    @Test("where settings last for a transaction, each one is read committed and in UTC, in one round trip")
    func transactionPooling() async throws {
        let connectionString = try await TestServer.shared.makeEmptyDatabase()
        try await prepare(connectionString, Self.oddities[0])
        try await prepare(connectionString, settings: Self.oddities[2].settings)
        let inbox = InboxConfiguration(connectionString: connectionString, pooling: .transaction)
        let connection = try await PostgresConnection.connect(
            ConnectionRole.intake.configuration(for: inbox),
            on: TestServer.loop,
            logger: .silent
        )
        for (setting, value) in [
            ("transaction_isolation", "read committed"), ("TimeZone", "UTC"), ("DateStyle", "ISO, MDY"),
            ("search_path", "pg_catalog, pg_temp"),
        ] {
            #expect(try await connection.query("SHOW \(setting)") == [[value]])
        }
        await connection.close()
    }

    private func prepare(_ connectionString: String, settings: [String]) async throws {
        let rows = try await AdHocQuery.run("SELECT current_database()", on: connectionString)
        let name = try #require(rows.first?[0])
        for setting in settings {
            _ = try await AdHocQuery.run("ALTER DATABASE \(name) SET \(setting)", on: connectionString)
        }
    }
}
