import PostgresClient
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("The order of keys")
struct ArrangementTests {
    @Test("is made by reading a few rows for each key, however many others wait, also without statistics")
    func readsFew() async throws {
        try await TestInbox.with { test in
            let keys = 600
            try await test.query(
                """
                INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at, after_batch, order_rule)
                VALUES ('crm', ARRAY['*'], now(), now(), 0, 'by-key')
                """
            )
            try await test.query(
                """
                INSERT INTO postroom.retry
                    (delivery_id, handler, received_at, due_at, order_key, order_position, is_behind)
                SELECT n, 'crm', now(), now(), 'key-' || n, n, true FROM generate_series(1, \(keys)) AS n
                """
            )
            try await test.withConnection { connection in
                _ = try await connection.query("BEGIN")
                let promoted = try await connection.query(
                    """
                    SELECT postroom.arrange_order(array_agg('crm'::text), array_agg('key-' || n))
                    FROM generate_series(1, \(keys)) AS n
                    """
                )
                #expect(promoted == [["\(keys)"]])
                let count = try await connection.rowsRead(of: "retry")
                #expect(count < keys * 10, "it read \(count) rows for \(keys) keys")
            }
        }
    }
}

extension PostgresConnection {
    /// The number of a table's rows that the transaction has read.
    func rowsRead(of table: String) async throws -> Int {
        let rows = try await query(
            """
            SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
            WHERE relid = 'postroom.\(table)'::regclass
            """
        )
        return try #require(rows.first?.first.flatMap(\.self).flatMap { Int($0) })
    }
}
