import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Replays as controlled operations")
struct ControlledReplayTests {
    /// Makes letters of one handler, the last tenth of another group, and a worker that has the handler and another one.
    private func makeLetters(_ test: TestInbox, _ count: Int) async throws {
        try await test.query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
            VALUES ('crm', ARRAY['*:*'], now(), now()), ('upsert', ARRAY['*:*'], now(), now())
            """
        )
        try await test.query(
            "INSERT INTO postroom.worker (label, handlers) VALUES ('host:1', ARRAY['crm', 'upsert'])"
        )
        try await test.query(
            """
            INSERT INTO postroom.dead_letter
                (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                 failed_attempts, error, fingerprint, history, headers, body)
            SELECT n * 256, 'crm', 'hooks', 'wacht', 'user.created', 'k' || n, now(), now() - interval '1 minute',
                   'exhausted', 3, 'broken', CASE WHEN n > \(count) * 9 / 10 THEN 'other' ELSE 'broken' END, '[]', '', '{}'
            FROM generate_series(1, \(count)) AS n
            """
        )
    }

    private func replay(_ test: TestInbox, _ arguments: String) async throws {
        try await test.query("SELECT postroom.replay_dead_letters(\(arguments))")
    }

    /// Settles what is owed: every `failing`th job fails and is owed again, the others are handled.
    private func attempt(_ test: TestInbox, failing: Int) async throws {
        try await test.query(
            """
            WITH tried AS (SELECT ctid, row_number() OVER (ORDER BY delivery_id) % \(failing) = 0 AS fails
                           FROM postroom.retry WHERE failed_attempts = attempts_before_replay),
                 again AS (UPDATE postroom.retry r SET failed_attempts = failed_attempts + 1, due_at = now() + interval '1 hour'
                           FROM tried t WHERE r.ctid = t.ctid AND t.fails)
            DELETE FROM postroom.retry r USING tried t WHERE r.ctid = t.ctid AND NOT t.fails
            """
        )
    }

    private func state(_ test: TestInbox) async throws -> ReplaySummary {
        try #require(try await test.inbox.replays(limit: 1).first)
    }

    @Test("the letters of a group are counted first, and they alone go")
    func group() async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 100)
            try await replay(test, "handler => 'crm', fingerprint => 'other', reason => 'CRM is back'")
            try await test.carryOut()
            let done = try await state(test)
            #expect(done.expected == 10 && done.moved == 10 && done.state == "done" && done.reason == "CRM is back")
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter WHERE fingerprint = 'other'") == 0)
            #expect(
                try await test.query(
                    "SELECT detail ->> 'reason' FROM postroom.audit WHERE action = 'replay_dead_letters'"
                )
                    == [["CRM is back"]]
            )
        }
    }

    @Test(
        "a canary of any size waits, and the rule decides whether the rest follows",
        arguments: [(5, "failed>10%", 5, "paused"), (5, "failed>30%", 5, "done"), (40, "failed>19%", 5, "paused")]
    )
    func canary(size: Int, rule: String, failing: Int, state end: String) async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 100)
            try await replay(test, "handler => 'crm', canary => \(size), stop_if => '\(rule)'")
            for _ in 0..<3 {
                try await test.advance()
            }
            #expect(try await state(test).moved == size)
            try await attempt(test, failing: failing)
            for _ in 0..<6 {
                try await test.advance()
            }
            #expect(try await state(test).state == end)
            #expect(try await state(test).moved == (end == "done" ? 100 : size))
        }
    }

    @Test("a replay stops by itself after its canary too, and who resumes it gets the rest")
    func stopsLater() async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 300)
            try await replay(test, "handler => 'crm', canary => 0, stop_if => 'failed>10%', rate => 100")
            try await test.advance()
            try await attempt(test, failing: 2)
            try await test.query("UPDATE postroom.replay SET advanced_at = now() - interval '1 second'")
            try await test.advance()
            let paused = try await state(test)
            #expect(paused.state == "paused" && paused.moved == 100)
            #expect(paused.note?.hasPrefix("50 of the first 100 failed again") == true)
            #expect(try await test.inbox.change(replay: paused.id, .resume) == "running")
            try await test.query("UPDATE postroom.replay SET rate = 1000, advanced_at = NULL")
            try await test.carryOut()
            #expect(try await state(test).moved == 300)
        }
    }

    @Test("its report counts what ended, what is owed and what died again by group, and is kept once nothing is owed")
    func report() async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 100)
            try await replay(test, "handler => 'crm', canary => 0")
            try await test.carryOut()
            try await attempt(test, failing: 4)
            let open = try #require(try await test.inbox.replayResults(1))
            #expect((open.moved, open.ended, open.failing, open.untried, open.died) == (100, 75, 25, 0, 0))
            try await test.query(
                """
                WITH died AS (DELETE FROM postroom.retry RETURNING *)
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body, replay)
                SELECT delivery_id, handler, 'hooks', 'wacht', 'user.created', 'k', received_at, now(), 'exhausted', 4,
                       'worse', 'worse', '[]', '', '{}', replay FROM died
                """
            )
            try await test.advance()
            let kept = try #require(try await test.inbox.replayResults(1))
            #expect((kept.ended, kept.died) == (75, 25))
            #expect(kept.groups.map(\.error) == ["worse"] && kept.groups.map(\.letters) == [25])
            try await test.query("DELETE FROM postroom.dead_letter")
            #expect(try await test.inbox.replayResults(1) == kept)
        }
    }

    @Test("letters go to another handler with a fresh count of attempts, and leave their own")
    func toHandler() async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 30)
            try await replay(test, "handler => 'crm', to_handler => 'upsert', canary => 5")
            try await test.advance()
            #expect(try await state(test).moved == 5)
            try await attempt(test, failing: 100)
            try await test.carryOut()
            let owed = try await test.query("SELECT DISTINCT handler, failed_attempts FROM postroom.retry")
            #expect(owed == [["upsert", "0"]])
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 0)
            #expect(try await state(test).moved == 30)
        }
    }

    @Test("what was moved and not tried yet bounds what follows, so that it stays behind live traffic")
    func staysBehind() async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 5200)
            try await replay(test, "handler => 'crm', canary => 0, rate => 100000")
            for _ in 0..<3 {
                try await test.query(
                    "UPDATE postroom.replay SET rate = 500, advanced_at = now() - interval '60 seconds'"
                )
                try await test.advance()
            }
            for _ in 0..<12 {
                try await test.query("UPDATE postroom.replay SET advanced_at = now() - interval '60 seconds'")
                try await test.advance()
            }
            #expect(try await state(test).moved == 5000)
            try await attempt(test, failing: 10_000)
            try await test.carryOut()
            #expect(try await state(test).moved == 5200)
        }
    }

    @Test("its rate changes under way, and a rule that makes no sense is refused in words")
    func rate() async throws {
        try await TestInbox.with { test in
            try await makeLetters(test, 100)
            try await replay(test, "handler => 'crm', canary => 0, rate => 1")
            #expect(try await test.inbox.change(replay: 1, rate: 10) == "running")
            #expect(try await test.inbox.change(replay: 4711, rate: 10) == nil)
            try await test.advance()
            #expect(try await state(test).moved == 10)
            let error = await #expect(throws: (any Error).self) {
                try await replay(test, "handler => 'crm', stop_if => 'broken'")
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("a replay can't stop by the rule 'broken'"))
        }
    }
}

@Suite("Mending single letters, and looking for trouble")
struct MendTests {
    private func makeLetter(_ test: TestInbox) async throws {
        _ = try await test.inbox.store([.sample(key: "evt_1")], claimedBy: nil)
        try await test.query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
            VALUES ('crm', ARRAY['*:*'], now(), now()), ('mail', ARRAY['*:*'], now(), now())
            """
        )
        try await test.query("DELETE FROM postroom.batch")
        try await test.query(
            """
            INSERT INTO postroom.dead_letter
                (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                 failed_attempts, error, fingerprint, history, headers, body)
            SELECT id, 'crm', endpoint, source, event_type, idempotency_key, received_at, now(), 'undecodable', 1, 'e', 'f',
                   '[]', headers, body FROM postroom.delivery
            """
        )
    }

    @Test("an edit makes a new delivery for the letter's handler alone, closes the letter, and is in the audit")
    func edits() async throws {
        try await TestInbox.with { test in
            try await makeLetter(test)
            let successor = try #require(
                try await test.inbox.editDeadLetter(
                    1,
                    body: Array(#"{"a":1}"#.utf8),
                    because: "their bug",
                    difference: #"{"added":"x"}"#
                )
            )
            let new = try #require(try await test.inbox.delivery(successor)?.delivery)
            #expect(new.body == Array(#"{"a":1}"#.utf8) && new.eventType == "user.created")
            #expect(new.headers.fields.last?.name == "Postroom-Origin")
            #expect(new.headers.fields.last?.value == "delivery 256, dead letter 1")
            #expect(
                try await test.query("SELECT delivery_id, handler FROM postroom.retry") == [["\(successor)", "crm"]]
            )
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 0)
            #expect(
                try await test.inbox.why(DeliveryID(rawValue: 256)).first { $0.handler == "crm" }?.state == "edited"
            )
            let audit = try await test.query(
                "SELECT detail ->> 'reason', detail -> 'difference' ->> 'added' FROM postroom.audit"
            )
            #expect(audit == [["their bug", "x"]])
        }
    }

    @Test("a second edit is refused and says what took its place, and so is one that changes nothing")
    func refusesSecondEdit() async throws {
        try await TestInbox.with { test in
            try await makeLetter(test)
            func edit(_ body: String) async -> String {
                do {
                    _ = try await test.inbox.editDeadLetter(
                        1,
                        body: Array(body.utf8),
                        because: "why",
                        difference: "null"
                    )
                    return ""
                } catch {
                    return error.description
                }
            }
            #expect(await edit("{}").contains("the same as before"))
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 1)
            #expect(await edit("[1]") == "")
            #expect(await edit("[2]").contains("was edited by"))
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 2)
        }
    }

    @Test("nobody but the owner may edit in SQL")
    func editingIsClosed() async throws {
        try await TestInbox.with { test in
            let open = try await test.query(
                """
                SELECT has_function_privilege('public', 'postroom.edit_dead_letter(bigint,bytea,text,jsonb)', 'EXECUTE')
                """
            )
            #expect(open == [["f"]])
        }
    }

    /// Trouble, by the check that finds it.
    private static let trouble: [(subject: String, setup: String)] = [
        ("autovacuum of tables", "ALTER TABLE postroom.batch SET (autovacuum_enabled = false)"),
        (
            "default partitions",
            """
            INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
            VALUES (1, now() + interval '300 days', 'e', 's', 'k', '', '')
            """
        ),
        (
            "orphans",
            """
            WITH h AS (INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
                       VALUES ('lost', ARRAY['*:*'], now(), now()) RETURNING name)
            INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at) SELECT 1, name, now(), now() FROM h
            """
        ),
        (
            "session settings",
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_session_timeout = ''1h''', current_database()); END $$"
        ),
    ]

    @Test("each check of the database finds its trouble and says what mends it", arguments: trouble)
    func doctor(subject: String, setup: String) async throws {
        try await TestInbox.with { test in
            func found() async throws -> Diagnosis? {
                try await test.inbox.diagnoses().first { $0.subject == subject }
            }
            #expect(try await found()?.isWell == true)
            try await test.query(setup)
            let bad = try #require(try await found())
            #expect(!bad.isWell && !bad.remedy.isEmpty, "\(bad.finding)")
        }
    }
}
