import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Sequences behind their tables")
struct SequenceTests {
    /// Where a number stands that is in use, and which sequence would give it out again.
    struct Place: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sequence: String
        let sql: String
    }

    static let places = [
        Place(
            testDescription: "a waiting batch",
            sequence: "batch_id",
            sql:
                "INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count) VALUES (5000, now(), 1, 1)"
        ),
        Place(
            testDescription: "a delivery",
            sequence: "batch_id",
            sql: """
                INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
                VALUES (5000 * 256 + 3, now() - interval '40 days', 'e', 's', 'k', '', '')
                """
        ),
        Place(
            testDescription: "a key whose delivery has expired",
            sequence: "batch_id",
            sql: "INSERT INTO postroom.idempotency_key VALUES (gen_random_uuid(), 5000 * 256, now())"
        ),
        Place(
            testDescription: "an owed job",
            sequence: "batch_id",
            sql: """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                VALUES (5000 * 256, 'h', now(), now())
                """
        ),
        Place(
            testDescription: "a settled batch",
            sequence: "batch_id",
            sql: "INSERT INTO postroom.handled VALUES (5000, now(), 1, '{h}', '')"
        ),
        Place(
            testDescription: "a dead letter",
            sequence: "dead_letter_id",
            sql: """
                INSERT INTO postroom.dead_letter (id, delivery_id, handler, endpoint, source, idempotency_key,
                    received_at, died_at, reason, failed_attempts, error, fingerprint, history, headers, body)
                VALUES (5000, 1, 'h', 'e', 's', 'k', now(), now(), 'permanent', 1, '', '', '[]', '', '')
                """
        ),
        Place(
            testDescription: "a running worker",
            sequence: "worker_id_seq",
            sql: "INSERT INTO postroom.worker (id, label, handlers) OVERRIDING SYSTEM VALUE VALUES (5000, 'w', '{}')"
        ),
        Place(
            testDescription: "a claim of a worker that is gone",
            sequence: "worker_id_seq",
            sql: """
                INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count, worker)
                VALUES (1, now(), 1, 1, 5000)
                """
        ),
        Place(
            testDescription: "a replay",
            sequence: "replay_id_seq",
            sql: "INSERT INTO postroom.replay (id, kind) OVERRIDING SYSTEM VALUE VALUES (5000, 'deliveries')"
        ),
        Place(
            testDescription: "an entry of the audit",
            sequence: "audit_id_seq",
            sql: "INSERT INTO postroom.audit (id, action, detail) OVERRIDING SYSTEM VALUE VALUES (5000, 'a', '{}')"
        ),
    ]

    private func migrator(_ connectionString: String) -> Migrator {
        Migrator(
            configuration: InboxConfiguration(connectionString: connectionString),
            loop: TestServer.loop,
            logger: .silent
        )
    }

    @Test("are told by the check, and advanced by migrate past everything in use", arguments: places)
    func migrates(place: Place) async throws {
        let connectionString = try await TestServer.shared.makeInboxDatabase()
        _ = try await AdHocQuery.run(place.sql, on: connectionString)
        let behind = try await migrator(connectionString).sequencesBehind()
        #expect(behind.contains { $0.contains(place.sequence) && $0.contains("5000 is in use") }, "\(behind)")
        #expect(try await migrator(connectionString).migrate() == [])
        #expect(try await migrator(connectionString).sequencesBehind() == [])
        let next = try await AdHocQuery.run("SELECT nextval('postroom.\(place.sequence)')", on: connectionString)
        #expect(next.first?.first.flatMap(\.self).flatMap { Int($0) } ?? 0 > 5000)
    }

    @Test("are advanced before a serving program stores, claims or registers anything", arguments: places)
    func serves(place: Place) async throws {
        let connectionString = try await TestServer.shared.makeInboxDatabase()
        _ = try await AdHocQuery.run(place.sql, on: connectionString)
        try await TestInbox.with(connectionString: connectionString) { test in
            #expect(try await migrator(connectionString).sequencesBehind() == [])
            let stored = try await test.inbox.store([.sample(key: "new")], claimedBy: nil)
            if place.sequence == "batch_id" {
                #expect(try #require(stored.receipts.first).id.rawValue > 5000 * 256 + 255)
            }
        }
    }

    @Test("never go back, whoever advances them at the same time as others take numbers")
    func neverBack() async throws {
        try await TestInbox.with { test in
            try await test.query(Self.places[0].sql)
            let numbers = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await test.query("SELECT postroom.advance_sequences(false)")
                        return []
                    }
                    group.addTask {
                        try await test.query("SELECT nextval('postroom.batch_id') FROM generate_series(1, 500)")
                            .compactMap { $0[0].flatMap { Int($0) } }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(numbers.count == 2000)
            #expect(Set(numbers).count == 2000)
        }
    }
}
