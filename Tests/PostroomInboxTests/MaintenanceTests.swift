import Logging
import PostroomCore
import PostroomInbox
import Synchronization
import TestSupport
import Testing

@Suite("Maintenance")
struct MaintenanceTests {
    private func maintenance(_ test: TestInbox, _ retention: Retention = Retention()) -> Maintenance {
        Maintenance(inbox: test.inbox, retention: retention, logger: .silent)
    }

    private func partitions(_ test: TestInbox) async throws -> Int {
        try await test.count(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'postroom.delivery'::regclass"
        )
    }

    @Test("partitions are made a week ahead, once, whoever asks")
    func makesPartitions() async throws {
        try await TestInbox.with { test in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { try? await maintenance(test).makePartitions() }
                }
                try await group.waitForAll()
            }
            try await maintenance(test).makePartitionsInTheEnd()
            #expect(try await partitions(test) == 9)
        }
    }

    @Test("what a removed handler owed is deleted, nobody claims it meanwhile, and others keep theirs")
    func forgetsRemoved() async throws {
        try await TestInbox.with { test in
            let handlers = ["gone", "kept"]
                .map { (name: HandlerName(rawValue: $0), patterns: [EventPattern.everything]) }
            let worker = try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT n, h, now(), now() FROM generate_series(1, 100) AS n, unnest(ARRAY['gone', 'kept']) AS h
                """
            )
            try await test.query("SELECT postroom.remove_handler('gone')")
            let claimed = try await test.inbox.claimRetries([RetryClaim(handler: "gone", limit: 10)], for: worker)
            #expect(claimed.isEmpty)
            #expect(try await maintenance(test).pruneRemovedHandlers() == false)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'gone'") == 0)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'kept'") == 100)
        }
    }

    @Test("what the default partition caught moves into the partition of its day")
    func movesFromDefault() async throws {
        try await TestInbox.with { test in
            try await test.query("DROP TABLE postroom.delivery_p\(try await today(test))")
            _ = try await test.inbox.store([.sample(key: "late")], claimedBy: nil)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 1)
            try await maintenance(test).makePartitionsInTheEnd()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 0)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 1)
        }
    }

    @Test("an expired partition is dropped, unless one of its deliveries is still owed to somebody")
    func dropsExpired() async throws {
        try await TestInbox.with { test in
            for age in [40, 50] {
                try await test.query(
                    """
                    CREATE TABLE postroom.delivery_p\(try await day(test, age: age)) PARTITION OF postroom.delivery
                    FOR VALUES FROM ('\(try await date(test, age: age)) UTC') TO ('\(try await date(test, age: age - 1)) UTC')
                    """
                )
                try await test.query(
                    """
                    INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
                    VALUES (\(age * 256), now() - interval '\(age) days', 'e', 's', 'k\(age)', '', '')
                    """
                )
            }
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT id, 'h', received_at, now() FROM postroom.delivery WHERE id = 50 * 256
                """
            )
            try await maintenance(test).dropExpired()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery WHERE id = 50 * 256") == 1)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery WHERE id = 40 * 256") == 0)
            try await test.query("DELETE FROM postroom.retry")
            try await maintenance(test).dropExpired()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 0)
        }
    }

    @Test("a delivery that came back to the default partition expires there")
    func deletesStrays() async throws {
        try await TestInbox.with { test in
            try await test.query(
                """
                INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
                VALUES (1, now() - interval '60 days', 'e', 's', 'k', '', '')
                """
            )
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 1)
            try await maintenance(test).dropExpired()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 0)
        }
    }

    @Test(
        "dead letters stay until people end them, or for the time that is configured",
        arguments: [(nil, 2_503), (Duration.seconds(40 * 86_400), 3), (Duration.seconds(365 * 86_400), 2_503)]
    )
    func discardsExpiredLetters(age: Duration?, left: Int) async throws {
        try await TestInbox.with { test in
            // More than one step, and old ones behind a young one that died again under its old number.
            try await test.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body, order_key, order_position, is_parking)
                SELECT n * 256, 'crm', 'hooks', 'wacht', 'user.created', 'k' || n, now(),
                       now() - CASE WHEN n IN (1, 2502, 2503) THEN interval '39 days' ELSE '41 days' END, 'permanent',
                       1, 'broken', 'broken', '[]', '', '{}', 'ada', n, n = 7
                FROM generate_series(1, 2503) AS n
                """
            )
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, order_key, order_position, is_behind)
                VALUES (999 * 256, 'crm', now(), now(), 'ada', 9999, true)
                """
            )
            try await maintenance(test, Retention(deadLetters: age)).dropExpired()
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == left)
            let discarded = 2_503 - left
            #expect(try await test.count("SELECT count(*) FROM postroom.ended_letter") == discarded)
            #expect(
                try await test.count(
                    "SELECT coalesce(sum((detail->>'discarded')::int), 0) FROM postroom.audit WHERE action = 'discard_dead_letters'"
                ) == discarded
            )
            // The key that a letter parked goes on with it.
            #expect(
                try await test.count("SELECT count(*) FROM postroom.retry WHERE NOT is_behind")
                    == (discarded > 0 ? 1 : 0)
            )
        }
    }

    @Test("idempotency keys are kept for 8 days at the least")
    func keepsKeys() {
        #expect(Retention(idempotencyKeys: .seconds(60)).idempotencyKeys == .seconds(8 * 86_400))
    }

    @Test("old idempotency keys are deleted run by run of the table, and young ones stay")
    func deletesKeys() async throws {
        try await TestInbox.with { test in
            _ = try await test.inbox.store([.sample(key: "old"), .sample(key: "young")], claimedBy: nil)
            try await test.query(
                """
                UPDATE postroom.idempotency_key SET received_at = now() - interval '31 days'
                WHERE key_hash = postroom.key_hash('test', 'old')
                """
            )
            let next = try await maintenance(test).expireKeys(from: 0)
            #expect(next == 512)
            #expect(try await test.count("SELECT count(*) FROM postroom.idempotency_key") == 1)
            #expect(try await maintenance(test).expireKeys(from: try #require(next)) == nil)
            let again = try await test.inbox.store([.sample(key: "young"), .sample(key: "old")], claimedBy: nil)
            #expect(again.receipts.map(\.isDuplicate) == [true, false])
        }
    }

    @Test("handlers that no worker has are listed while pairs wait for them, and told when they are seen twice")
    func orphans() async throws {
        try await TestInbox.with { test in
            func register(_ names: HandlerName...) async throws -> WorkerID {
                let handlers = names.map { (name: $0, patterns: [EventPattern.everything]) }
                return try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
            }
            func state() async throws -> [String: Bool] {
                let handlers = try await test.inbox.backlog()
                return Dictionary(uniqueKeysWithValues: handlers.map { ($0.name.rawValue, $0.isOrphaned) })
            }
            let old = try await register("lost", "idle", "paused", "kept")
            _ = try await register("kept")
            for name in ["lost", "paused", "kept"] {
                try await test.query(
                    """
                    INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                    SELECT i, '\(name)', now(), now() FROM generate_series(1, 1500) AS i
                    """
                )
            }
            try await test.pause("paused")
            #expect(try await maintenance(test).warnOfOrphans(seenBefore: []) == [])
            #expect(try await state().values.allSatisfy { !$0 })
            try await test.inbox.deregister(old)
            let lines = LogLines()
            let watch = Maintenance(inbox: test.inbox, retention: Retention(), logger: lines.logger)
            let seen = try await watch.warnOfOrphans(seenBefore: [])
            #expect(seen == ["lost"])
            #expect(lines.all.isEmpty)
            _ = try await watch.warnOfOrphans(seenBefore: seen)
            #expect(lines.all.count == 1)
            #expect(lines.all.first?.contains("lost: 1000 or more") == true)
            #expect(try await state() == ["lost": true, "idle": true, "paused": true, "kept": false])
            _ = try await register("lost")
            #expect(try await watch.warnOfOrphans(seenBefore: seen) == [])
            #expect(try await state()["lost"] == false)
        }
    }

    private func today(_ test: TestInbox) async throws -> String {
        try await day(test, age: 0)
    }

    private func day(_ test: TestInbox, age: Int) async throws -> String {
        try await text(test, "to_char((now() - interval '\(age) days') AT TIME ZONE 'UTC', 'YYYYMMDD')")
    }

    private func date(_ test: TestInbox, age: Int) async throws -> String {
        try await text(test, "to_char((now() - interval '\(age) days') AT TIME ZONE 'UTC', 'YYYY-MM-DD')")
    }

    private func text(_ test: TestInbox, _ expression: String) async throws -> String {
        try #require(try await test.query("SELECT \(expression)").first?.first.flatMap(\.self))
    }
}

/// The log at warning and above, a text each.
private final class LogLines: Sendable {
    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.list.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }

    private let list = Mutex<[String]>([])

    var all: [String] {
        list.withLock { $0 }
    }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(lines: self) }
    }
}
