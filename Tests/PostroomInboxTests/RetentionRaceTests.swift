import PostgresClient
import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@Suite("Replays beside retention", .serialized, .timeLimit(.minutes(10)))
struct RetentionRaceTests {
    /// Where the deliveries are that a replay takes and retention drops.
    enum Place: String, CaseIterable {
        case defaultPartition = "the default partition"
        case dayPartition = "partitions of their days"
        case nowhere = "nowhere any more, but in their letters"
    }

    /// The deliveries or letters that are replayed.
    enum Kind: String, CaseIterable {
        case letters = "replay_dead_letters(everything => true)"
        case deliveries = "replay_deliveries(handler => 'crm', everything => true)"
    }

    @Test(
        "no pair comes to be owed whose delivery retention drops at the same moment",
        arguments: Place.allCases,
        Kind.allCases
    )
    func races(place: Place, kind: Kind) async throws {
        let count = 1000
        try await TestInbox.with { test in
            try await test.makeExpired(count, in: place)
            try await test.query("SELECT postroom.\(kind.rawValue)")
            try await test.query("UPDATE postroom.replay SET is_proven = true, rate = 1000000")
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Each session goes on while the replay does, all in one block so that they meet often.
                let running = "EXISTS (SELECT FROM postroom.replay WHERE state = 'running')"
                for work in [
                    "PERFORM postroom.step_replay(1, 25, 100, NULL, NULL)",
                    "PERFORM postroom.step_replay(1, 25, 100, NULL, NULL)",
                    "PERFORM postroom.prune_default_partitions(now() - interval '30 days', 20)",
                    "PERFORM postroom.drop_expired_partition('delivery', now() - interval '30 days')",
                ] {
                    group.addTask {
                        try await test.query("DO $$ BEGIN WHILE \(running) LOOP \(work); COMMIT; END LOOP; END $$")
                    }
                }
                try await group.waitForAll()
            }
            let orphans = try await test.count(
                """
                SELECT count(*) FROM postroom.retry r WHERE NOT EXISTS (
                    SELECT FROM postroom.delivery d WHERE d.id = r.delivery_id)
                """
            )
            #expect(orphans == 0)
            let owed = try await test.count("SELECT count(*) FROM postroom.retry")
            let letters = try await test.count("SELECT count(*) FROM postroom.dead_letter")
            if kind == .letters {
                #expect(owed == count && letters == 0)
            } else {
                #expect(owed + letters == count, "what was dropped before it was reached stays a letter")
            }
        }
    }
}

extension RetentionRaceTests {
    @Test(
        "an expired delivery that a replay takes while its deletion has begun and waits is not lost to it",
        arguments: Kind.allCases
    )
    func deletionHasBegun(kind: Kind) async throws {
        let count = 400
        try await TestInbox.with { test in
            try await test.makeExpired(count, in: .defaultPartition)
            try await test.query("SELECT postroom.\(kind.rawValue)")
            try await test.query("UPDATE postroom.replay SET is_proven = true, rate = 1000000")
            let holder = try await PostgresConnection.connect(
                PostgresConfiguration(connectionString: test.connectionString, applicationName: "holder"),
                on: TestServer.loop,
                logger: .silent
            )
            _ = try await holder.query("BEGIN")
            _ = try await holder.query("SELECT FROM postroom.delivery_default ORDER BY ctid LIMIT 1 FOR UPDATE")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await test.query("SELECT postroom.prune_default_partitions(now() - interval '30 days', 1000)")
                }
                try await test.waitForWaiting(1)
                group.addTask {
                    try await test.query("SELECT postroom.step_replay(1, 500, 1000, NULL, NULL)")
                }
                // It has done its part, or waits behind the one that waits.
                try await test.waitForWaiting(2) {
                    try await test.count("SELECT moved FROM postroom.replay") > 0
                }
                _ = try await holder.query("COMMIT")
                try await group.waitForAll()
            }
            await holder.close()
            let orphans = try await test.count(
                """
                SELECT count(*) FROM postroom.retry r WHERE NOT EXISTS (
                    SELECT FROM postroom.delivery d WHERE d.id = r.delivery_id)
                """
            )
            #expect(orphans == 0)
        }
    }
}

extension TestInbox {
    /// Waits until that many statements wait for a lock in this database, or something else holds.
    fileprivate func waitForWaiting(_ waiting: Int, or condition: () async throws -> Bool = { false }) async throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(20) {
            let found = try await count(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'
                """
            )
            if found >= waiting {
                return
            }
            if try await condition() {
                return
            }
            await Task.yield()
        }
        Issue.record("nothing waits")
    }

    /// Makes letters of deliveries that came 40 to 60 days ago, and their deliveries.
    fileprivate func makeExpired(_ count: Int, in place: RetentionRaceTests.Place) async throws {
        if place == .dayPartition {
            try await query(
                """
                DO $$ DECLARE day date; BEGIN
                    FOR day IN SELECT generate_series(current_date - 61, current_date - 39, interval '1 day') LOOP
                        EXECUTE format('CREATE TABLE postroom.delivery_p%s PARTITION OF postroom.delivery'
                            ' FOR VALUES FROM (%L) TO (%L)', to_char(day, 'YYYYMMDD'), day || ' 00:00+00',
                            (day + 1) || ' 00:00+00');
                    END LOOP;
                END $$
                """
            )
        }
        try await query(
            """
            INSERT INTO postroom.dead_letter
                (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                 failed_attempts, error, fingerprint, history, headers, body)
            SELECT n * 256, 'crm', 'hooks', 'wacht', 'user.created', 'k' || n,
                   now() - interval '60 days' + n * interval '20 days' / \(count), now(), 'permanent', 1, 'broken',
                   'broken', '[]', '', '{}'
            FROM generate_series(1, \(count)) AS n
            """
        )
        try await query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at) VALUES ('crm', ARRAY['*:*'], now(), now())
            """
        )
        guard place != .nowhere else { return }
        try await query(
            """
            INSERT INTO postroom.delivery
                (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
            SELECT delivery_id, received_at, endpoint, source, event_type, idempotency_key, headers, body
            FROM postroom.dead_letter
            """
        )
    }
}
