import PostroomInbox
import TestSupport
import Testing

@Suite("Dead letters")
struct DeadLetterTests {
    @Test("a letter's history is the newest hundred attempts, in their order, whatever the number of attempts")
    func history() async throws {
        try await TestInbox.with { test in
            // Another job of the delivery, and another delivery of the handler, are not part of it.
            try await test.query(
                """
                INSERT INTO postroom.failed_attempt (delivery_id, handler, attempt, failed_at, duration, worker, error)
                SELECT d, h, attempt, now(), '1 s', 1, 'error ' || attempt
                FROM generate_series(1, 150) AS attempt, (VALUES (256, 'a'), (256, 'b'), (512, 'a')) AS job (d, h)
                ORDER BY attempt % 7
                """
            )
            let rows = try await test.query(
                """
                SELECT count(*), min((e ->> 'attempt')::integer), max((e ->> 'attempt')::integer),
                       array_agg((e ->> 'attempt')::integer ORDER BY place)
                           = array_agg((e ->> 'attempt')::integer ORDER BY (e ->> 'attempt')::integer)
                FROM jsonb_array_elements(postroom.failure_history(256, 'a')) WITH ORDINALITY AS h (e, place)
                """
            )
            #expect(rows == [["100", "51", "150", "t"]])
            #expect(try await test.query("SELECT postroom.failure_history(768, 'a')") == [["[]"]])
        }
    }

    @Test(
        "what names a few letters, or a handler that does not exist, reads no table",
        arguments: [
            "PERFORM postroom.discard_dead_letters(ids => ARRAY[17, 4711])",
            "PERFORM postroom.replay_dead_letters(ids => ARRAY[17, 4711])",
            "PERFORM postroom.replay_dead_letters(handler => 'nobody')",
            "PERFORM postroom.discard_dead_letters(handler => 'nobody')",
            "PERFORM postroom.replay_deliveries(handler => 'nobody')",
        ]
    )
    func readsNoTable(call: String) async throws {
        try await TestInbox.with { test in
            try await test.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body)
                SELECT n, 'h', 'e', 's', 'k', now(), now(), 'permanent', 1, 'error', 'f', '[]', '', ''
                FROM generate_series(1, 5000) AS n
                """
            )
            try await test.query("ANALYZE postroom.dead_letter")
            // The sixth call of a session could be the first with a plan that does not know its arguments.
            try await test.query(
                """
                DO $$
                DECLARE
                    before CONSTANT bigint := (
                        SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relid = 'postroom.dead_letter'::regclass);
                BEGIN
                    FOR i IN 1..7 LOOP
                        BEGIN
                            \(call);
                        EXCEPTION WHEN invalid_parameter_value THEN NULL;
                        END;
                    END LOOP;
                    ASSERT before = (
                        SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relid = 'postroom.dead_letter'::regclass),
                        'rows were read one after the other';
                END $$
                """
            )
        }
    }
}
