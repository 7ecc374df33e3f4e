import PostgresClient
import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@Suite("Why a delivery is where it is")
struct ExplanationTests {
    /// A state of a job, and the SQL that brings it about for the handler `crm` and the delivery 256.
    struct Case: CustomTestStringConvertible, Sendable {
        let state: String
        let words: String
        /// The words with which the command that helps begins; empty where none helps.
        var help = ""
        var setup: [String] = []

        var testDescription: String { words }
    }

    private static let delivery = DeliveryID(rawValue: 256)
    private static let owed = "DELETE FROM postroom.batch"
    private static let worker =
        "INSERT INTO postroom.worker (label, handlers) VALUES ('host-1:77', ARRAY['crm'])"

    private static func retry(_ columns: String, _ values: String) -> String {
        """
        INSERT INTO postroom.retry (delivery_id, handler, received_at, \(columns))
        SELECT id, 'crm', received_at, \(values) FROM postroom.delivery WHERE id = 256
        """
    }

    private static let failure = """
        INSERT INTO postroom.failed_attempt (delivery_id, handler, attempt, failed_at, duration, worker, error)
        VALUES (256, 'crm', 3, now() - interval '1 minute', '1 second', 1, 'CRM answered 502')
        """

    private static let letter = """
        INSERT INTO postroom.dead_letter
            (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
             failed_attempts, error, fingerprint, history, headers, body)
        SELECT id, 'crm', endpoint, source, event_type, idempotency_key, received_at, now() - interval '3 hours', 'exhausted',
               12, 'CRM answered 502', 'f', '[]', headers, body
        FROM postroom.delivery WHERE id = 256
        """

    static let cases: [Case] = [
        Case(state: "queued", words: ", behind no other delivery", help: "status", setup: [worker]),
        Case(
            state: "queued",
            words: "behind 42 deliveries",
            help: "status",
            setup: [
                worker,
                "INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count) VALUES (0, now(), 42, 1)",
            ]
        ),
        Case(
            state: "running",
            words: "held by worker 1 (host-1:77) with its batch",
            help: "status",
            setup: [worker, "UPDATE postroom.batch SET worker = 1"]
        ),
        Case(
            state: "running",
            words: "held by worker 9 (gone, to be rescued) with its batch",
            help: "status",
            setup: [worker, "UPDATE postroom.batch SET worker = 9"]
        ),
        Case(
            state: "running",
            words: "held by worker 1 (host-1:77), attempt 3",
            help: "status",
            setup: [worker, owed, retry("failed_attempts, due_at, worker", "2, now(), 1")]
        ),
        Case(
            state: "running",
            words: "runs alone on worker 1 (host-1:77) for 3 s, as a crash suspect",
            setup: [
                worker, owed,
                retry("due_at, worker, deaths, running_since", "now(), 1, 2, now() - interval '3.5 seconds'"),
            ]
        ),
        Case(
            state: "owed",
            words: "retry in 239 s after attempt 3 failed: CRM answered 502".replacing("239 s", with: "3 m"),
            help: "deliveries show 256",
            setup: [worker, owed, failure, retry("failed_attempts, due_at", "3, now() + interval '239 seconds'")]
        ),
        Case(
            state: "owed",
            words: "due in 9 m",
            setup: [worker, owed, retry("due_at", "now() + interval '599 seconds'")]
        ),
        Case(
            state: "sleeping",
            words: "sleeps for another 9 m",
            setup: [
                worker, owed, retry("due_at", "now() + interval '599 seconds'"),
                """
                INSERT INTO postroom.step (delivery_id, handler, name, due_at)
                VALUES (256, 'crm', 'nap', now() + interval '599 seconds')
                """,
            ]
        ),
        Case(
            state: "owed",
            words: "due for 5 m, behind 2 jobs",
            help: "status",
            setup: [
                worker, owed, retry("due_at", "now() - interval '5 minutes'"),
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT n, 'crm', now(), now() - interval '6 minutes' FROM generate_series(1, 2) n
                """,
            ]
        ),
        Case(
            state: "parked",
            words: "its handler limits the attempts of a key",
            help: "handlers list",
            setup: [
                worker, owed, retry("due_at, limit_key", "'infinity', gen_random_uuid()"),
            ]
        ),
        Case(
            state: "limited",
            words: "over the rate of its key: its turn comes in 9 m",
            help: "handlers list",
            setup: [
                worker, owed,
                retry("due_at, limit_key, limit_cell_at", "t, gen_random_uuid(), t")
                    .replacing(
                        "FROM postroom.delivery",
                        with: "FROM postroom.delivery, (SELECT now() + interval '599 s') AS c (t)"
                    ),
            ]
        ),
        Case(
            state: "ordered",
            words: "ordered behind delivery 7 of the same key",
            help: "deliveries why 7",
            setup: [
                worker, owed, retry("due_at, order_key, order_position, is_behind", "now(), 'u1', 2, true"),
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, order_key, order_position)
                VALUES (7, 'crm', now(), now(), 'u1', 1)
                """,
            ]
        ),
        Case(
            state: "ordered",
            words: "its key is parked by dead letter 9, which comes first",
            help: "dead-letters replay --id 9",
            setup: [
                worker, owed, retry("due_at, order_key, order_position, is_behind", "now(), 'u1', 2, true"),
                letter.replacing("SELECT id, 'crm'", with: "SELECT 7, 'crm'"),
                "UPDATE postroom.dead_letter SET id = 9, order_key = 'u1', order_position = 1, is_parking = true",
            ]
        ),
        Case(
            state: "superseded",
            words: "superseded 2 h ago by delivery 512 of the same key",
            help: "deliveries why 512",
            setup: [
                worker, owed,
                """
                INSERT INTO postroom.superseded (delivery_id, handler, superseded_at, newer_id)
                VALUES (256, 'crm', now() - interval '2 hours', 512)
                """,
            ]
        ),
        Case(
            state: "busy",
            words: "the handler said that it is busy; it is called again in 9 m",
            help: "handlers resume crm",
            setup: [
                worker, owed, retry("due_at", "now()"),
                "UPDATE postroom.handler SET busy_until = now() + interval '599 seconds'",
            ]
        ),
        Case(
            state: "owed",
            words: "limited over all processes to 5 at once and 100 in 60 s",
            help: "status",
            setup: [
                worker, owed, retry("due_at", "now()"),
                """
                INSERT INTO postroom.handler_limit (handler, global_concurrency, rate, rate_period)
                VALUES ('crm', 5, 100, interval '1 minute')
                """,
            ]
        ),
        Case(
            state: "slowed",
            words: "the circuit breaker lets one attempt run at a time",
            help: "handlers pause crm",
            setup: [
                worker, owed, retry("due_at", "now()"),
                "INSERT INTO postroom.slowed_handler (process, handler) VALUES ('host-1:77', 'crm')",
            ]
        ),
        Case(
            state: "paused",
            words: ": the CRM moves",
            help: "handlers resume crm",
            setup: [worker, "SELECT postroom.pause_handler('crm', 'the CRM moves')"]
        ),
        Case(
            state: "paused",
            words: "paused by ",
            help: "handlers resume crm",
            setup: [owed, retry("due_at", "now()"), "SELECT postroom.pause_handler('crm')"]
        ),
        Case(
            state: "orphaned",
            words: "no living worker has this handler",
            help: "doctor",
            setup: [owed, retry("due_at", "now()")]
        ),
        Case(
            state: "suspect",
            words: "2 workers died while they held it, 1 while it ran alone; it waits to run alone",
            setup: [worker, owed, retry("due_at, deaths, strikes", "now(), 2, 1")]
        ),
        Case(
            state: "removed",
            words: "the handler was removed",
            setup: [worker, owed, retry("due_at", "now()"), "SELECT postroom.remove_handler('crm')"]
        ),
        Case(
            state: "dead",
            words: "dead since 3 h after 12 attempts (exhausted): CRM answered 502",
            help: "dead-letters replay --id 1",
            setup: [worker, owed, letter]
        ),
        Case(
            state: "discarded",
            words: ": nobody wants it",
            help: "deliveries replay --id 256 --to-handler crm",
            setup: [
                worker, owed, letter,
                "SELECT postroom.discard_dead_letters(handler => 'crm', reason => 'nobody wants it')",
            ]
        ),
        Case(
            state: "handled",
            words: "handled in 12 ms by worker 1, 2 h ago",
            setup: [
                worker, owed,
                """
                INSERT INTO postroom.handled (batch_id, settled_at, worker, handlers, runs)
                VALUES (1, now() - interval '2 hours', 1, ARRAY['crm'], '\\x00001dde')
                """,
            ]
        ),
        Case(
            state: "unsubscribed",
            words: "not subscribed: it takes github:*",
            setup: [worker, "UPDATE postroom.handler SET patterns = ARRAY['github:*']"]
        ),
        Case(
            state: "unsubscribed",
            words: "subscribed only since ",
            help: "deliveries replay --id 256 --to-handler crm",
            setup: [
                worker,
                "UPDATE postroom.handler SET recorded_at = now() + interval '1 hour', after_batch = 9223372036854775807",
            ]
        ),
        Case(
            state: "unreadable",
            words: "its event type could not be read",
            help: "deliveries replay --id 256",
            setup: [
                worker, "UPDATE postroom.delivery SET event_type = NULL",
                "UPDATE postroom.handler SET patterns = ARRAY['wacht:user.created']",
            ]
        ),
        Case(
            state: "ended",
            words: "nothing is owed any more",
            help: "deliveries replay --id 256 --to-handler crm",
            setup: [worker, owed, failure]
        ),
    ]

    @Test("each state has its words, and the command that helps", arguments: cases)
    func states(state: Case) async throws {
        try await TestInbox.with { test in
            _ = try await test.inbox.store([.sample(key: "evt_1")], claimedBy: nil)
            try await test.query(
                """
                INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at, after_batch)
                VALUES ('crm', ARRAY['wacht:*'], now() - interval '1 hour', now(), 0)
                """
            )
            for statement in state.setup {
                try await test.query(statement)
            }
            let found = try await test.inbox.why(Self.delivery)
            #expect(found.map(\.handler) == ["crm"])
            let reason = try #require(found.first)
            #expect(reason.state == state.state)
            #expect(reason.reason.contains(state.words), "\(reason.reason)")
            #expect((reason.command ?? "").hasPrefix(state.help) && (reason.command == nil) == state.help.isEmpty)
            if let statement = reason.statement {
                // What it tells people to run must run.
                try await test.query(statement)
            }
        }
    }

    @Test(
        "an explanation, or a list of groups, reads no letters of others, however many they have",
        arguments: [
            "SELECT count(*) FROM postroom.why(256)", "SELECT count(*) FROM postroom.letter_groups('few', NULL, 10)",
        ]
    )
    func readsFew(question: String) async throws {
        try await TestInbox.with { test in
            _ = try await test.inbox.store([.sample(key: "evt_1")], claimedBy: nil)
            try await test.query(
                """
                INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at, after_batch)
                SELECT name, ARRAY['wacht:*'], now(), now(), 0 FROM unnest(ARRAY['few', 'many', 'none']) AS name
                """
            )
            try await test.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body)
                SELECT n * 256, CASE n WHEN 1 THEN 'few' ELSE 'many' END, 'e', 'wacht', 't', 'k', now(), now(), 'exhausted', 1,
                       'no', 'f', '[]', '', ''
                FROM generate_series(1, 3000) AS n
                """
            )
            try await test.query("ANALYZE postroom.dead_letter")
            try await test.inbox.countFigures()
            try await test.withConnection { connection in
                _ = try await connection.query("BEGIN")
                _ = try await connection.query(question)
                let count = try await connection.rowsRead(of: "dead_letter")
                #expect(count < 20, "it read \(count) letters")
            }
        }
    }

    @Test("a delivery that is kept nowhere has no explanation, and one that only its letter keeps has")
    func kept() async throws {
        try await TestInbox.with { test in
            #expect(try await test.inbox.why(Self.delivery).isEmpty)
            _ = try await test.inbox.store([.sample(key: "evt_1")], claimedBy: nil)
            try await test.query(Self.letter)
            try await test.query(Self.owed)
            try await test.query("DELETE FROM postroom.delivery")
            #expect(try await test.inbox.why(Self.delivery).map(\.state) == ["dead"])
        }
    }
}
