import PostgresClient
import TestSupport
import Testing

@testable import PostroomInbox

/// The plans that matter are pinned: each statement that names indexes must use them, whatever the tables held when the
/// plan was made.
@Suite("Plans")
struct PlanTests {
    private static let pinned = BundledStatements.all.filter { !$0.usedIndexes.isEmpty }.map { $0.name }

    @Test("every query prepares on a fresh schema, with the parameters that it declares")
    func preparesEveryStatement() async throws {
        try await TestInbox.with { test in
            // NOTIFY is no query: SQL has no way to prepare it.
            for statement in BundledStatements.all where statement.name != Wake.name {
                try await test.prepare(statement)
            }
        }
    }

    @Test("a statement uses the indexes that it names on empty tables", arguments: pinned)
    func usesIndexesWhenEmpty(name: String) async throws {
        try await TestInbox.with { test in
            try await test.expectIndexes(of: try #require(BundledStatements.all.first { $0.name == name }))
        }
    }

    @Test("a statement uses the indexes that it names on full tables", arguments: pinned)
    func usesIndexesWhenFull(name: String) async throws {
        try await TestInbox.with { test in
            try await test.fill()
            try await test.expectIndexes(of: try #require(BundledStatements.all.first { $0.name == name }))
        }
    }

    @Test("a plan that was made while a partition was empty still uses its index when it has filled")
    func survivesRollOver() async throws {
        try await TestInbox.with { test in
            try await test.withRoleConnection { connection in
                _ = try await connection.query(TestInbox.preparation(of: BatchClaim.self))
                _ = try await connection.query("EXECUTE pinned (1, 0, 4, 100, 1000000)")
                // Not analyzed, or the plan would be made anew.
                try await test.fill(analyze: false)
                let plan = try await connection.query("EXPLAIN EXECUTE pinned (1, 0, 4, 100, 1000000)")
                let text = plan.compactMap { $0.first.flatMap(\.self) }.joined(separator: "\n")
                #expect(!text.contains("Seq Scan on delivery"))
                #expect(text.contains("_pkey on delivery_p"))
            }
        }
    }
}

extension TestInbox {
    /// Stores enough that the planner would think of other plans, tomorrow's partition included.
    fileprivate func fill(analyze: Bool = true) async throws {
        try await query(
            """
            WITH made AS (
                INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
                SELECT i, now() + (i % 2) * interval '1 day', 'e', 's', i::text, '', ''
                FROM generate_series(1000000, 1020000) AS i RETURNING id, received_at
            ), keys AS (
                INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
                SELECT gen_random_uuid(), id, received_at FROM made
            ), batches AS (
                INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count)
                SELECT id, received_at, 1, 100 FROM made
            )
            INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, worker, deaths)
            SELECT id, 'h' || id % 5, received_at, now(), nullif(id % 3, 0), id % 7 / 3 FROM made
            """
        )
        guard analyze else { return }
        try await query("ANALYZE postroom.delivery, postroom.idempotency_key, postroom.batch, postroom.retry")
    }

    fileprivate func prepare(_ statement: any Statement.Type) async throws {
        try await withRoleConnection { connection in
            _ = try await connection.query(Self.preparation(of: statement))
        }
    }

    fileprivate func expectIndexes(of statement: any BundledStatement.Type) async throws {
        try await withRoleConnection { connection in
            _ = try await connection.query(Self.preparation(of: statement))
            let nulls = statement.parameterTypes.map { _ in "NULL" }.joined(separator: ", ")
            let arguments = nulls.isEmpty ? "" : "(\(nulls))"
            let plan = try await connection.query("EXPLAIN (COSTS OFF) EXECUTE pinned \(arguments)")
            let text = plan.compactMap { $0.first.flatMap(\.self) }.joined(separator: "\n")
            for index in statement.usedIndexes {
                // A partition's index is named after the partition.
                let partition = index.replacing("delivery_pkey", with: "delivery_default_pkey")
                #expect(
                    text.contains(" \(index) ") || text.contains(" \(index)\n") || text.contains(" \(partition) "),
                    "\(statement.name) does not use \(index):\n\(text)"
                )
            }
            for table in ["delivery", "batch", "retry", "idempotency_key"] {
                #expect(!text.contains("Seq Scan on \(table)"), "\(statement.name) reads all of \(table):\n\(text)")
            }
        }
    }

    fileprivate static func preparation(of statement: any Statement.Type) -> String {
        let types = statement.parameterTypes.map(\.description).joined(separator: ", ")
        return "PREPARE pinned \(types.isEmpty ? "" : "(\(types))") AS \(statement.sql)"
    }

    fileprivate func withRoleConnection(_ body: (PostgresConnection) async throws -> Void) async throws {
        let connection = try await PostgresConnection.connect(
            ConnectionRole.dispatch.configuration(for: inbox.configuration),
            on: TestServer.loop,
            logger: .silent
        )
        do {
            try await body(connection)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }
}
