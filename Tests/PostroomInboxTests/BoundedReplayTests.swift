import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Replays in bounded steps")
struct BoundedReplayTests {
    /// A replay of which only the last of many matches.
    struct Rare: CustomTestStringConvertible {
        let function: String
        let arguments: String
        var testDescription: String { "\(function)(\(arguments))" }
    }

    /// A moment whose neighbours are of one day, at whatever time of day the test runs.
    fileprivate static let noon = "date_trunc('day', now(), 'UTC') - interval '12 hours'"

    private static let rare = [
        Rare(function: "replay_deliveries", arguments: "handler => 'rare', everything => true"),
        Rare(function: "replay_deliveries", arguments: "event_type => 'rare.event', handler => 'all'"),
        Rare(function: "replay_deliveries", arguments: "endpoint => 'rare', handler => 'all'"),
        Rare(function: "replay_deliveries", arguments: "since => \(noon) - interval '30 minutes', handler => 'all'"),
        Rare(function: "replay_dead_letters", arguments: "event_type => 'rare.event'"),
        Rare(function: "replay_dead_letters", arguments: "died_of => 'crash'"),
        Rare(function: "replay_dead_letters", arguments: "reason => 'crash'"),
        Rare(function: "replay_dead_letters", arguments: "until => now() - interval '3 hours'"),
    ]

    @Test("every step looks at no more than it is told to and keeps its place, whatever matches", arguments: rare)
    func advances(replay: Rare) async throws {
        try await TestInbox.with { test in
            try await test.makeMany(3000)
            try await test.query("SELECT postroom.\(replay.function)(\(replay.arguments))")
            var looked = 0
            for step in 1...4 {
                let row = try #require(
                    try await test.query(
                        "SELECT moved_now, looked_now FROM postroom.step_replay(1, 500, 500, NULL, NULL)"
                    )
                    .first
                )
                looked += try #require(row[1].flatMap { Int($0) })
                #expect(row[0] == "0")
                #expect(looked <= step * 500)
                #expect(try await test.count("SELECT looked FROM postroom.replay") == looked)
            }
            #expect(looked == 2000, "it advances although nothing matched")
            try await test.carryOut()
            #expect(try await test.query("SELECT state, moved FROM postroom.replay") == [["done", "1"]])
            #expect(try await test.query("SELECT delivery_id FROM postroom.retry") == [["\(3000 * 256)"]])
        }
    }

    @Test(
        "the letters of a handler or a group are found by an index, however many others there are",
        arguments: ["handler => 'rare'", "handler => 'rare', fingerprint => 'broken'"]
    )
    func indexed(arguments: String) async throws {
        try await TestInbox.with { test in
            try await test.makeMany(3000)
            try await test.query("SELECT postroom.replay_dead_letters(\(arguments))")
            #expect(
                try await test.query("SELECT matched FROM postroom.count_replay(1, 9223372036854775807, 10)") == [["1"]]
            )
            let step = try await test.query(
                "SELECT moved_now, looked_now FROM postroom.step_replay(1, 500, 500, NULL, NULL)"
            )
            #expect(step == [["1", "1"]])
        }
    }

    @Test("a walk that no statement_timeout has room for is done in smaller steps")
    func shrinks() async throws {
        try await TestInbox.with { test in
            try await test.makeMany(1000)
            // Each delivery has a type of its own, and to ask who wants it takes a millisecond.
            try await test.query("UPDATE postroom.delivery SET event_type = 'kind.' || id WHERE endpoint <> 'rare'")
            try await test.query(
                """
                CREATE OR REPLACE FUNCTION postroom.pattern_matches(
                    pattern text, source text, endpoint text, event_type text
                ) RETURNS boolean LANGUAGE sql VOLATILE
                RETURN pg_sleep(0.001) IS NOT NULL AND pattern LIKE '%:rare.%' AND event_type = 'rare.event'
                """
            )
            try await test.query("SELECT postroom.replay_deliveries(handler => 'rare', everything => true)")
            let settings = InboxConfiguration(
                connectionString: test.connectionString,
                statementTimeout: .milliseconds(400)
            )
            let hurried = Inbox(configuration: settings, loop: TestServer.loop, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await hurried.run() }
                _ = try await hurried.checkSchema()
                let maintenance = Maintenance(inbox: hurried, retention: Retention(), logger: .silent)
                while try await maintenance.advanceRunningReplays() {}
                group.cancelAll()
            }
            #expect(try await test.query("SELECT state, moved FROM postroom.replay") == [["done", "1"]])
        }
    }

    @Test("what matches is moved at the replay's rate, and what does not costs it nothing")
    func paces() async throws {
        try await TestInbox.with { test in
            try await test.makeMany(3000)
            try await test.query("SELECT postroom.replay_deliveries(handler => 'all', everything => true)")
            try await test.query("UPDATE postroom.replay SET rate = 10")
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            _ = try await maintenance.advanceRunningReplays()
            #expect(try await test.count("SELECT moved FROM postroom.replay") == 10)
        }
    }

    @Test("a cut in the middle leaves each pair moved once, and the place behind what was moved")
    func resumes() async throws {
        try await TestInbox.with { test in
            try await test.makeMany(500)
            try await test.query("SELECT postroom.replay_deliveries(everything => true)")
            for most in [1, 7, 64] {
                try await test.query("SELECT postroom.step_replay(1, \(most), 40, NULL, NULL)")
            }
            try await test.carryOut()
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'all'") == 500)
            #expect(try await test.count("SELECT moved FROM postroom.replay") == 501)
            #expect(try await test.count("SELECT looked FROM postroom.replay") >= 500)
        }
    }

    @Test("the step of an older program advances too")
    func olderProgram() async throws {
        try await TestInbox.with { test in
            try await test.makeMany(100)
            try await test.query("SELECT postroom.replay_deliveries(handler => 'all', everything => true)")
            #expect(try await test.count("SELECT moved_now FROM postroom.step_replay(1, 60, 10000, NULL, NULL)") == 60)
            #expect(try await test.count("SELECT moved_now FROM postroom.step_replay(1, 60, 10000, NULL, NULL)") == 40)
            #expect(try await test.query("SELECT state FROM postroom.replay") == [["done"]])
        }
    }
}

@Suite("The canaries of several handlers")
struct HandlerCanaryTests {
    /// The obstacle that keeps a handler's letters from being tried.
    enum Obstacle: String, CaseIterable {
        case paused = "it is paused"
        case absent = "no worker has it"
    }

    @Test(
        "a handler that can't run holds nobody else's letters, and no more of its own than its first go",
        arguments: Obstacle.allCases
    )
    func heldApart(obstacle: Obstacle) async throws {
        try await TestInbox.with { test in
            // The letters of the handler that can't run come first.
            try await test.makeLetters(["sick": 30, "crm": 30])
            try await test.register(obstacle == .absent ? ["crm"] : ["sick", "crm"])
            if obstacle == .paused {
                try await test.query("SELECT postroom.pause_handler('sick')")
            }
            try await test.query("SELECT postroom.replay_dead_letters(everything => true)")
            try await test.advance()
            #expect(try await test.owed() == ["sick": 20, "crm": 20])
            let waiting = try #require(try await test.inbox.replays(limit: 1).first)
            #expect(waiting.state == "running")
            #expect(waiting.note == "waits for the first 20 of crm, sick (\(obstacle.rawValue)) to be tried")

            try await test.handle("crm")
            try await test.advance()
            #expect(try await test.owed() == ["sick": 20, "crm": 10], "the others of crm go on")
            try await test.advance()
            #expect(
                try await test.inbox.replays(limit: 1).first?.note
                    == "waits for the first 20 of sick (\(obstacle.rawValue)) to be tried"
            )

            if obstacle == .paused {
                try await test.query("SELECT postroom.resume_handler('sick')")
            }
            try await test.handle("sick")
            try await test.carryOut()
            #expect(try await test.owed() == ["sick": 10, "crm": 10])
            let done = try #require(try await test.inbox.replays(limit: 1).first)
            #expect(done.state == "done" && done.moved == 60 && done.note == nil)
        }
    }

    @Test("who resumes a replay that a handler's canaries paused gets all letters, those left for later included")
    func resumed() async throws {
        try await TestInbox.with { test in
            try await test.makeLetters(["sick": 30, "crm": 30])
            try await test.register(["sick", "crm"])
            try await test.query("SELECT postroom.replay_dead_letters(everything => true)")
            try await test.advance()
            try await test.query("UPDATE postroom.retry SET failed_attempts = 2 WHERE handler = 'sick'")
            try await test.advance()
            let paused = try #require(try await test.inbox.replays(limit: 1).first)
            #expect(paused.state == "paused")
            #expect(paused.note?.hasPrefix("20 of the first 20 of sick failed again") == true)
            #expect(try await test.inbox.change(replay: paused.id, .resume) == "running")
            try await test.carryOut()
            #expect(try await test.inbox.replays(limit: 1).first?.moved == 60)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 0)
        }
    }

    @Test("letters of a removed handler stay letters, because nobody would try them")
    func removed() async throws {
        try await TestInbox.with { test in
            try await test.makeLetters(["gone": 5, "crm": 5])
            try await test.query("SELECT postroom.remove_handler('gone')")
            try await test.query("SELECT postroom.replay_dead_letters(everything => true)")
            try await test.query("SELECT postroom.replay_dead_letters(handler => 'gone')")
            try await test.carryOut()
            #expect(try await test.owed() == ["crm": 5])
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter WHERE handler = 'gone'") == 5)
        }
    }
}

extension TestInbox {
    /// Stores that many deliveries, each with a dead letter of `all`, and a last one that is rare in every way; with the
    /// handlers `all`, and `rare`, which wants only the last.
    func makeMany(_ count: Int) async throws {
        try await query(
            """
            WITH made AS (
                INSERT INTO postroom.delivery
                    (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
                SELECT n * 256,
                       \(BoundedReplayTests.noon) - CASE WHEN n = \(count) THEN interval '0' ELSE '1 hour' END,
                       CASE WHEN n = \(count) THEN 'rare' ELSE 'hooks' END, 'wacht',
                       CASE WHEN n = \(count) THEN 'rare.event' ELSE 'user.created' END, 'k' || n, '', '{}'
                FROM generate_series(1, \(count)) AS n RETURNING *
            )
            INSERT INTO postroom.dead_letter
                (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                 failed_attempts, error, fingerprint, history, headers, body)
            SELECT id, CASE endpoint WHEN 'rare' THEN 'rare' ELSE 'all' END, endpoint, source, event_type,
                   idempotency_key, received_at, now() - CASE endpoint WHEN 'rare' THEN interval '4 h' ELSE '1 h' END,
                   CASE endpoint WHEN 'rare' THEN 'crash' ELSE 'permanent' END, 1, 'broken', 'broken', '[]', headers, body
            FROM made ORDER BY id
            """
        )
        try await query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
            VALUES ('all', ARRAY['*:*'], now(), now()), ('rare', ARRAY['wacht:rare.*'], now(), now())
            """
        )
    }

    /// Makes letters of several handlers, one handler's after the other's in the reverse order of their names.
    fileprivate func makeLetters(_ handlers: [String: Int]) async throws {
        for (place, (name, count)) in handlers.sorted(by: { $0.key > $1.key }).enumerated() {
            try await query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at,
                     reason, failed_attempts, error, fingerprint, history, headers, body)
                SELECT (\(place) * 1000 + n) * 256, '\(name)', 'hooks', 'wacht', 'user.created', 'k' || n, now(), now(),
                       'permanent', 1, 'broken', 'broken', '[]', '', '{}'
                FROM generate_series(1, \(count)) AS n
                """
            )
            try await query(
                """
                INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
                VALUES ('\(name)', ARRAY['*:*'], now(), now())
                """
            )
        }
    }

    fileprivate func register(_ handlers: [String]) async throws {
        let handlers = handlers.map { (name: HandlerName(rawValue: $0), patterns: [EventPattern.everything]) }
        _ = try await inbox.register(WorkerRegistration(label: "test", handlers: handlers))
    }

    /// Takes what is owed to a handler for handled.
    fileprivate func handle(_ handler: String) async throws {
        try await query("DELETE FROM postroom.retry WHERE handler = '\(handler)'")
    }

    fileprivate func owed() async throws -> [String: Int] {
        try await query("SELECT handler, count(*) FROM postroom.retry GROUP BY handler")
            .reduce(into: [:]) { counts, row in
                counts[row[0] ?? ""] = row[1].flatMap { Int($0) }
            }
    }

    /// Advances every replay by one round.
    func advance() async throws {
        _ = try await Maintenance(inbox: inbox, retention: Retention(), logger: .silent).advanceRunningReplays()
    }

    /// Advances every replay until none is running.
    func carryOut(eventType: (@Sendable (Delivery) -> String?)? = nil) async throws {
        let maintenance = Maintenance(inbox: inbox, retention: Retention(), logger: .silent, eventType: eventType)
        while try await maintenance.advanceRunningReplays() {}
    }
}
