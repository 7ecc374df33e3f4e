import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("A handler that is new")
struct NewHandlerTests {
    /// A transaction of somebody's that enqueues while a handler is recorded.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The statements before the handler is recorded.
        let before: [String]
        /// The statements after it.
        let after: [String]
        /// The keys of the deliveries that are for it.
        let wanted: Set<String>
    }

    private static func enqueue(_ key: String) -> String {
        "SELECT postroom.enqueue('internal', 'thing', '{}', '\(key)')"
    }

    static let cases = [
        Case(
            testDescription: "a transaction enqueued before, and committed after",
            before: ["BEGIN", enqueue("a")],
            after: ["COMMIT"],
            wanted: ["a"]
        ),
        Case(
            testDescription: "a transaction began before, and enqueued after",
            before: ["BEGIN", "SELECT now()"],
            after: [enqueue("a"), "COMMIT"],
            wanted: ["a"]
        ),
        Case(
            testDescription: "a transaction enqueued on both sides",
            before: ["BEGIN", enqueue("a"), enqueue("b")],
            after: [enqueue("c"), "COMMIT"],
            wanted: ["a", "b", "c"]
        ),
        Case(
            testDescription: "a transaction enqueued again after a savepoint was rolled back",
            before: ["BEGIN", "SAVEPOINT s", enqueue("a"), "ROLLBACK TO s", enqueue("b")],
            after: ["COMMIT"],
            wanted: ["b"]
        ),
        Case(
            testDescription: "a transaction was rolled back",
            before: ["BEGIN", enqueue("a")],
            after: ["ROLLBACK"],
            wanted: []
        ),
        Case(
            testDescription: "a transaction had been committed before",
            before: ["BEGIN", enqueue("a"), "COMMIT"],
            after: [enqueue("b")],
            wanted: ["b"]
        ),
    ]

    @Test("gets what is committed after it was recorded, whenever that began", arguments: cases)
    func enqueued(example: Case) async throws {
        try await TestInbox.with { test in
            let worker = try await test.register("old")
            try await test.withConnection { connection in
                for sql in example.before {
                    _ = try await connection.query(sql)
                }
                _ = try await test.register("new")
                for sql in example.after {
                    _ = try await connection.query(sql)
                }
            }
            #expect(try await test.wanted(by: "new", claimedBy: worker) == example.wanted)
        }
    }

    @Test("gets what a receiver commits while it is recorded")
    func received() async throws {
        try await TestInbox.with { test in
            let worker = try await test.register("old")
            try await test.holdCommits(of: "delivery")
            try await test.withConnection { connection in
                _ = try await connection.query("SELECT pg_advisory_lock(4711)")
                async let stored = test.inbox.store([.sample(key: "slow", source: .bearer)], claimedBy: nil)
                try await test.until("the commit is under way") {
                    try await test.count("SELECT count(*) FROM pg_locks WHERE objid = 4711 AND NOT granted") > 0
                }
                _ = try await test.register("new")
                _ = try await connection.query("SELECT pg_advisory_unlock(4711)")
                _ = try await stored
            }
            #expect(try await test.wanted(by: "new", claimedBy: worker) == ["slow"])
        }
    }

    @Test("gets what is settled while the commit that records it takes its time", arguments: ["handler", "directory"])
    func settled(slowTable: String) async throws {
        try await TestInbox.with { test in
            let worker = try await test.register("old")
            try await test.slowCommits(of: slowTable, seconds: 0.5)
            async let new = test.register("new")
            var number = 0
            var isRecorded = false
            while !isRecorded || number % 20 != 0 {
                number += 1
                _ = try await test.inbox.store([.sample(key: "\(number)", source: .bearer)], claimedBy: nil)
                try await test.settleAll(worker)
                isRecorded = try await test.count("SELECT count(*) FROM postroom.worker") > 1
            }
            _ = try await new
            _ = try await test.inbox.store([.sample(key: "last", source: .bearer)], claimedBy: nil)
            try await test.settleAll(worker)
            let missed = try await test.count(
                """
                SELECT count(*) FROM postroom.delivery d JOIN postroom.handler h ON h.name = 'new'
                WHERE d.received_at >= h.recorded_at AND NOT EXISTS (
                    SELECT FROM postroom.retry r WHERE r.delivery_id = d.id AND r.handler = h.name)
                """
            )
            #expect(missed == 0)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'new'") > 0)
        }
    }

    @Test("gets what comes after the server's clock has stepped back", arguments: ["2 seconds", "1 hour"])
    func clockStep(step: String) async throws {
        try await TestInbox.with { test in
            let worker = try await test.register("old")
            _ = try await test.inbox.store([.sample(key: "before", source: .bearer)], claimedBy: nil)
            _ = try await test.register("new")
            // To a clock that stepped back, what was written before is in the future.
            try await test.query("UPDATE postroom.handler SET recorded_at = recorded_at + interval '\(step)'")
            _ = try await test.inbox.store([.sample(key: "after", source: .bearer)], claimedBy: nil)
            #expect(try await test.wanted(by: "new", claimedBy: worker) == ["after"])
        }
    }

    @Test("begins with the next registration where the process died before it could begin")
    func diedBetween() async throws {
        try await TestInbox.with { test in
            let worker = try await test.register("old", "new")
            try await test.query("UPDATE postroom.handler SET after_batch = NULL WHERE name = 'new'")
            _ = try await test.inbox.store([.sample(key: "before", source: .bearer)], claimedBy: nil)
            #expect(try await test.wanted(by: "new", claimedBy: worker) == ["before"])
            _ = try await test.register("new")
            #expect(try await test.count("SELECT count(*) FROM postroom.handler WHERE after_batch IS NULL") == 0)
        }
    }
}

extension TestInbox {
    fileprivate func register(_ handlers: HandlerName...) async throws -> WorkerID {
        let handlers = handlers.map { (name: $0, patterns: [EventPattern.everything]) }
        return try await inbox.register(WorkerRegistration(label: "test", handlers: handlers))
    }

    /// Runs a body with a connection as a person has with psql.
    func withConnection(_ body: (PostgresConnection) async throws -> Void) async throws {
        let settings = PostgresConfiguration(connectionString: connectionString, applicationName: "psql")
        let connection = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
        do {
            try await body(connection)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Lets every commit that changes a table take that long.
    fileprivate func slowCommits(of table: String, seconds: Double) async throws {
        try await query(
            """
            CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_sleep(\(seconds)); RETURN NULL; END $$
            """
        )
        try await query(
            """
            CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT OR UPDATE ON postroom.\(table)
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()
            """
        )
    }

    /// Lets every commit that inserts into a table wait for the advisory lock 4711.
    fileprivate func holdCommits(of table: String) async throws {
        try await query(
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$
            """
        )
        try await query(
            """
            CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON postroom.\(table)
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()
            """
        )
    }

    fileprivate func claimAll(_ worker: WorkerID) async throws -> (HandlerDirectory, [ClaimedBatch]) {
        let directory = try await inbox.directory()
        let settlement = Settlement(directoryVersion: directory.version)
        var all: [ClaimedBatch] = []
        while true {
            let request = ClaimRequest(deliveries: 10_000, batches: 10_000)
            let claimed = try await inbox.settle(settlement, thenClaim: request, for: worker).1
            guard !claimed.isEmpty else { return (directory, all) }
            all += claimed
        }
    }

    /// The keys of what waits and is for a handler.
    fileprivate func wanted(by name: HandlerName, claimedBy worker: WorkerID) async throws -> Set<String> {
        let (directory, batches) = try await claimAll(worker)
        let entry = try #require(directory.entries.first { $0.name == name })
        return Set(batches.flatMap(\.deliveries).filter(entry.wants).map(\.idempotencyKey))
    }

    /// Claims and settles as a worker does that knows the directory, and computes again where it has changed.
    fileprivate func settleAll(_ worker: WorkerID) async throws {
        var (directory, batches) = try await claimAll(worker)
        while !batches.isEmpty {
            let settlements = batches.map { batch in
                BatchSettlement(
                    id: batch.id,
                    receivedAt: batch.receivedAt,
                    jobs: batch.deliveries.flatMap { delivery in
                        directory.entries.filter { $0.wants(delivery) }
                            .map { entry in
                                let outcome = JobOutcome.owed(dueIn: .zero, failure: nil)
                                return .init(ordinal: delivery.id.ordinal, handler: entry.name, outcome: outcome)
                            }
                    }
                )
            }
            let settlement = Settlement(batches: settlements, directoryVersion: directory.version)
            let result = try await inbox.settle(settlement, thenClaim: .nothing, for: worker).0
            guard result.directoryIsStale else { return }
            directory = try await inbox.directory()
        }
    }

    fileprivate func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() {
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("waited in vain: \(what)")
    }
}
