import FoundationEssentials
import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

/// `postroom.finish` inside transactions that are open while others settle, rescue and claim.
@Suite("The end of a job inside a transaction")
struct FinishTests {
    /// An inbox with a table of effects, and a job that a worker has claimed.
    private struct Claimed {
        let test: TestInbox
        let worker: WorkerID
        let retry: ClaimedRetry
        let context: HandlerContext

        func effects() async throws -> Int {
            try await test.count("SELECT count(*) FROM public.effect")
        }

        func settle(_ outcome: JobOutcome) async throws -> SettlementResult {
            let ended = RetrySettlement(key: retry.key, outcome: outcome, isTransactional: true)
            let version = try await test.inbox.directory().version
            let settlement = Settlement(retries: [ended], directoryVersion: version)
            return try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker).0
        }
    }

    private func withClaim(_ body: @Sendable (Claimed) async throws -> Void) async throws {
        try await TestInbox.with { test in
            try await test.query("CREATE TABLE public.effect (delivery bigint, attempt int)")
            let registration = WorkerRegistration(label: "t", handlers: [(name: "ledger", patterns: [.everything])])
            let worker = try await test.inbox.register(registration)
            _ = try await test.inbox.store([.sample(key: "a")], claimedBy: nil)
            let version = try await test.inbox.directory().version
            let request = ClaimRequest(deliveries: 10, batches: 10)
            let nothing = Settlement(directoryVersion: version)
            let batch = try #require(try await test.inbox.settle(nothing, thenClaim: request, for: worker).1.first)
            let job = BatchSettlement.Job(ordinal: 0, handler: "ledger", outcome: .owed(dueIn: .zero, failure: nil))
            let ended = BatchSettlement(id: batch.id, receivedAt: batch.receivedAt, jobs: [job])
            let settlement = Settlement(batches: [ended], directoryVersion: version)
            _ = try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker)
            let claim = RetryClaim(handler: "ledger", limit: 1, isTransactional: true)
            let retry = try #require(try await test.inbox.claimRetries([claim], for: worker).first)
            let context = HandlerContext(
                HandlerServices("ledger", transactions: test.inbox.transactions),
                attempt: 1,
                event: Event(delivery: retry.delivery, details: EventDetails()),
                logger: .silent,
                receipt: Receipt(worker: worker, job: retry.key)
            )
            try await body(Claimed(test: test, worker: worker, retry: retry, context: context))
        }
    }

    @Test("what a transaction wrote is there with the end of its job, and a second one is taken back")
    func commits() async throws {
        try await withClaim { claimed in
            let id = "\(claimed.retry.delivery.id)"
            let name = try await claimed.context.transaction { transaction in
                try await transaction.execute("INSERT INTO public.effect VALUES ($1::bigint, $2::int)", [id, nil])
                return try await transaction.query("SELECT delivery FROM effect").first?.first
            }
            #expect(name == .some(.some(id)))
            #expect(try await claimed.effects() == 1)
            let second = await #expect(throws: TransactionError.self) {
                try await claimed.context.transaction { try await $0.execute("INSERT INTO effect VALUES (1, 2)") }
            }
            #expect(second?.sqlState == "PR002")
            #expect(try await claimed.effects() == 1)
            _ = try await claimed.settle(
                .dead(reason: .permanent, failure: AttemptFailure(attempt: 1, error: "no", duration: .zero))
            )
            #expect(try await claimed.test.handledPairs().count == 1)
            #expect(try await claimed.test.count("SELECT count(*) FROM postroom.finished") == 0)
        }
    }

    @Test("a transaction whose closure throws, fails or is cancelled leaves nothing and ends nothing")
    func rollsBack() async throws {
        struct Refusal: Error {}
        try await withClaim { claimed in
            await #expect(throws: Refusal.self) {
                try await claimed.context.transaction { transaction in
                    try await transaction.execute("INSERT INTO effect VALUES (1, 1)")
                    throw Refusal()
                }
            }
            let misspelt = await #expect(throws: TransactionError.self) {
                try await claimed.context.transaction { _ = try? await $0.query("SELECT FROM nowhere") }
            }
            #expect(misspelt?.sqlState == "25P02")
            // unstructured: cancelled by its own body, which no group would tell apart from the test's end
            let cancelled = Task {
                try await claimed.context.transaction { transaction in
                    try await transaction.execute("INSERT INTO effect VALUES (1, 1)")
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            let effects = try await claimed.effects()
            let finished = try await claimed.test.count("SELECT count(*) FROM postroom.finished")
            let open = try await claimed.test.count(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            )
            #expect((effects, finished, open) == (0, 0, 0))
        }
    }

    @Test("a rescue passes over a worker whose handler is about to commit, and takes it when that is done")
    func rescueWaits() async throws {
        try await withClaim { claimed in
            try await claimed.test.letTimePass(.seconds(20))
            try await claimed.context.transaction { transaction in
                try await transaction.execute("INSERT INTO effect VALUES (1, 1)")
                try await transaction.query("SELECT postroom.finish($1)", [try claimed.context.receipt])
                let report = try await claimed.test.inbox.rescue(silentFor: .seconds(15))
                #expect(report.workers == [])
                // The short form finishes it too, and finds it done.
                try await transaction.execute("DELETE FROM postroom.finished")
            }
            let report = try await claimed.test.inbox.rescue(silentFor: .seconds(15))
            #expect(report.workers == [claimed.worker])
            #expect(try await claimed.effects() == 1)
            let late = await #expect(throws: TransactionError.self) {
                try await claimed.context.transaction { try await $0.execute("INSERT INTO effect VALUES (2, 2)") }
            }
            #expect(late?.sqlState == "PR001")
            #expect(try await claimed.effects() == 1)
        }
    }

    // The wait for a turn counts in the limit.
    @Test("a settlement waits for a transaction that has finished its job, and sees it", .timeLimit(.minutes(5)))
    func settlementWaits() async throws {
        try await withClaim { claimed in
            let failure = AttemptFailure(attempt: 1, error: "timed out", duration: .zero)
            let hasEnded = Observed(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await claimed.context.transaction { transaction in
                    try await transaction.execute("INSERT INTO effect VALUES (1, 1)")
                    try await transaction.query("SELECT postroom.finish($1)", [try claimed.context.receipt])
                    group.addTask {
                        defer { hasEnded.update { $0 = true } }
                        _ = try await claimed.settle(.dead(reason: .exhausted, failure: failure))
                    }
                    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                    while try await claimed.test.count(waiting) == 0, !hasEnded.current {
                        await Task.yield()
                    }
                    #expect(!hasEnded.current)
                    try await transaction.execute("DELETE FROM postroom.finished")
                }
                try await group.waitForAll()
            }
            #expect(try await claimed.test.deadLetters() == [])
            #expect(try await claimed.test.handledPairs().count == 1)
        }
    }

    @Test("a transaction with an old snapshot can't finish a job that was settled since")
    func oldSnapshot() async throws {
        try await withClaim { claimed in
            let error = await #expect(throws: TransactionError.self) {
                try await claimed.context.transaction { transaction in
                    try await transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    try await transaction.query("SELECT FROM postroom.worker")
                    _ = try await claimed.settle(.handled(duration: .zero))
                    try await transaction.execute("INSERT INTO effect VALUES (1, 1)")
                }
            }
            #expect(error?.sqlState == "40001")
            let effects = try await claimed.effects()
            #expect(effects == 0)
        }
    }

    @Test("more transactions than there are connections take turns")
    func turns() async throws {
        try await withClaim { claimed in
            let counts = Observed([0, 0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        _ = try? await claimed.context.transaction { transaction in
                            counts.update { $0 = [$0[0] + 1, max($0[1], $0[0] + 1)] }
                            try await transaction.query("SELECT pg_sleep(0.01)")
                            counts.update { $0[0] -= 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect((2...8).contains(counts.current[1]))
            #expect(try await claimed.test.count("SELECT count(*) FROM postroom.finished") == 1)
        }
    }

    @Test("what the attempt enqueued is committed with the transaction, and taken back with it")
    func enqueues() async throws {
        try await withClaim { claimed in
            let keys =
                "SELECT string_agg(idempotency_key, ' ' ORDER BY idempotency_key) FROM postroom.delivery WHERE source = 'acme'"
            _ = try? await claimed.context.transaction { _ in
                try claimed.context.enqueue(Reminder(text: "lost"), key: "lost")
                throw CancellationError()
            }
            #expect(try await claimed.test.query(keys) == [[nil]])
            try await claimed.context.transaction { _ in
                try claimed.context.enqueue(Reminder(text: "now"), key: "now")
                try claimed.context.enqueue(Reminder(text: "later"), after: .milliseconds(90_500), key: "later")
                try claimed.context.enqueue(Reminder(text: "past"), at: .distantPast, key: "past")
            }
            #expect(try await claimed.test.query(keys) == [["lost now past"]])
            let left = "SELECT due_at - now() BETWEEN '80 s' AND '91 s' FROM postroom.scheduled"
            #expect(try await claimed.test.query(left) == [["t"]])
        }
    }

    @Test("a role that may do nothing else can finish a job")
    func leastPrivilege() async throws {
        try await withClaim { claimed in
            let role = "ledger_\(claimed.test.connectionString.hashValue.magnitude)"
            try await claimed.test.query("CREATE ROLE \(role)")
            try await claimed.test.query("SELECT postroom.allow_finishing('\(role)')")
            try await claimed.context.transaction { transaction in
                try await transaction.execute("GRANT INSERT ON effect TO \(role)")
                try await transaction.execute("SET LOCAL ROLE \(role)")
                try await transaction.execute("INSERT INTO public.effect VALUES (1, 1)")
            }
            #expect(try await claimed.effects() == 1)
            let error = await #expect(throws: TransactionError.self) {
                try await claimed.context.transaction { transaction in
                    try await transaction.execute("SET LOCAL ROLE \(role)")
                    try await transaction.query("SELECT * FROM postroom.finished")
                }
            }
            #expect(error?.sqlState == "42501")
            try await claimed.test.query("DROP OWNED BY \(role)")
            try await claimed.test.query("DROP ROLE \(role)")
        }
    }

    @Test("a handler that is not transactional has no receipt")
    func noReceipt() async throws {
        try await withClaim { claimed in
            let plain = HandlerContext(
                HandlerServices("mail"),
                attempt: 1,
                event: claimed.context.event,
                logger: .silent
            )
            let error = #expect(throws: TransactionError.self) { try plain.receipt }
            #expect(error?.description.contains("isTransactional: true") == true)
        }
    }
}
