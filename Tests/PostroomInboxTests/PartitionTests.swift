import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

/// Rows that move between partitions while statements are planned and run: what was not found is never taken for gone.
@Suite("Partitions")
struct PartitionTests {
    /// The way in which rows leave the default partition.
    enum Move: CaseIterable {
        /// As maintenance does it.
        case byMaintenance
        /// Without the parent's lock, as a person or an older program may do it: plans can be made by the old list.
        case byHand
    }

    /// The work that goes on meanwhile.
    enum Work: CaseIterable {
        case claimOfBatches
        case claimOfRetries
        case claimOfSuspects
        case deathInBatch
        case deathOfRetry
        case deathOfSuspect
    }

    @Test(
        "no job ends because its row moved to another partition while a statement was planned",
        arguments: Work.allCases,
        Move.allCases
    )
    func losesNothing(work: Work, move: Move) async throws {
        try await TestInbox.with { test in
            let scene = try await MovedScene(test, work)
            try await scene.work(during: move)
            let jobs = try await test.count(
                """
                SELECT (SELECT coalesce(sum(delivery_count), 0) FROM postroom.batch) + (SELECT count(*) FROM postroom.retry)
                       + (SELECT count(*) FROM postroom.dead_letter)
                """
            )
            #expect(jobs == MovedScene.count)
            #expect(test.inbox.losses.counts == LossLog.Counts())
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 0)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == MovedScene.count)
        }
    }

    @Test(
        "a delivery that somebody deleted ends its jobs, and each is counted",
        arguments: [Work.claimOfBatches, .claimOfRetries, .claimOfSuspects]
    )
    func tellsOfLosses(work: Work) async throws {
        try await TestInbox.with { test in
            let scene = try await MovedScene(test, work)
            try await test.query("DELETE FROM postroom.delivery")
            #expect(try await scene.claim().isEmpty)
            let counts = test.inbox.losses.counts
            #expect(counts.deliveries + counts.jobs == MovedScene.count)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 0)
        }
    }

    @Test(
        "a job whose number another delivery owes already is counted as lost, one that a replay owes is not",
        arguments: [true, false]
    )
    func tellsOfCollisions(isOther: Bool) async throws {
        try await TestInbox.with { test in
            let scene = try await MovedScene(test, .deathInBatch)
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT id, 'h', received_at - interval '\(isOther ? 1 : 0) day', now() FROM postroom.delivery
                """
            )
            let batches = scene.batches.map { batch in
                BatchSettlement(
                    id: batch.id,
                    receivedAt: batch.receivedAt,
                    jobs: batch.deliveries.map { delivery in
                        .init(ordinal: delivery.id.ordinal, handler: "h", outcome: .owed(dueIn: .zero, failure: nil))
                    }
                )
            }
            try await scene.settle(Settlement(batches: batches, directoryVersion: scene.version))
            #expect(test.inbox.losses.counts.collisions == (isOther ? MovedScene.count : 0))
        }
    }

    @Test(
        "a default partition with more than a step's rows of today is emptied in steps, and takes nothing new meanwhile"
    )
    func healsInSteps() async throws {
        try await TestInbox.with { test in
            try await test.dropPartition(ofDay: 0)
            try await test.fillDefault(rows: 45_000, from: "date_trunc('day', now())", to: "now()")
            var steps: [[String?]] = []
            while true {
                let step = try await test.query("SELECT string_agg(p, ' ') FROM postroom.make_partitions(2) AS p")
                guard step.first?.first.flatMap(\.self) != nil else { break }
                steps += step
                if steps.count == 1 {
                    // The rest of the day comes first.
                    _ = try await test.inbox.store([.sample(key: "new")], claimedBy: nil)
                    #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") >= 25_000)
                    #expect(
                        try await test.count("SELECT count(*) FROM postroom.delivery_default WHERE id > 100000") == 0
                    )
                }
            }
            #expect(steps.count >= 3)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 0)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 45_001)
            #expect(try await test.count("SELECT count(*) FROM postroom.time_partitions('delivery')") <= 5)
        }
    }

    @Test("rows of one moment that are too many for a step stay where they are, and hold nothing up")
    func leavesLumps() async throws {
        try await TestInbox.with { test in
            try await test.dropPartition(ofDay: 0)
            try await test.fillDefault(rows: 21_000, from: "date_trunc('day', now())", to: "date_trunc('day', now())")
            try await test.fillDefault(
                rows: 21_000,
                from: "date_trunc('day', now()) + (now() - date_trunc('day', now())) / 2",
                to: "now()",
                firstID: 50_000
            )
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            try await maintenance.makePartitionsInTheEnd()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 21_000)
            _ = try await test.inbox.store([.sample(key: "new")], claimedBy: nil)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 21_000)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 42_001)
        }
    }

    @Test("no row leaves the default partition before the statements that were planned by the old list have ended")
    func waitsForPlans() async throws {
        try await TestInbox.with { test in
            try await test.fillDefault(rows: 10, from: "now() - interval '6 days'", to: "now() - interval '5 days'")
            try await test.withConnection { reader in
                // As a statement does that was planned, and is about to lock the partitions of its plan.
                _ = try await reader.query("BEGIN")
                _ = try await reader.query("LOCK TABLE ONLY postroom.delivery IN ACCESS SHARE MODE")
                try await test.withConnection { mover in
                    _ = try await mover.query("SET lock_timeout = 100")
                    let error = await #expect(throws: PostgresError.self) {
                        try await mover.query("SELECT postroom.make_partitions(8)")
                    }
                    #expect(error?.sqlState?.rawValue == "55P03")
                }
                #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 10)
                _ = try await reader.query("COMMIT")
            }
            try await Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent).makePartitionsInTheEnd()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 0)
        }
    }

    @Test("a day without a partition that is over gets one for what the default partition holds of it")
    func makesPastDays() async throws {
        try await TestInbox.with { test in
            // From noon to noon: of two days, at whatever time of day it runs.
            try await test.fillDefault(
                rows: 10,
                from: "date_trunc('day', now(), 'UTC') - interval '132 hours'",
                to: "date_trunc('day', now(), 'UTC') - interval '108 hours'"
            )
            let before = try await test.count("SELECT count(*) FROM postroom.time_partitions('delivery')")
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            try await maintenance.makePartitionsInTheEnd()
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery_default") == 0)
            let after = try await test.count("SELECT count(*) FROM postroom.time_partitions('delivery')")
            // Five days ahead that were not there yet, and the two that the rows are of.
            #expect(after - before == 5 + 2)
        }
    }

    @Test(
        "a partition whose bounds are not those of its day is kept by its bounds, and the rest of the day gets another"
    )
    func goesByBounds() async throws {
        try await TestInbox.with { test in
            try await test.dropPartition(ofDay: 0)
            // Made by a session of another time zone: eight hours early.
            try await test.query(
                """
                DO $$ BEGIN EXECUTE format(
                    'CREATE TABLE postroom.%I PARTITION OF postroom.delivery FOR VALUES FROM (%L) TO (%L)',
                    'delivery_p' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD'),
                    date_trunc('day', now(), 'UTC') - interval '8 hours', date_trunc('day', now(), 'UTC') + interval '16 hours');
                END $$
                """
            )
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            try await maintenance.makePartitionsInTheEnd()
            let gaps = try await test.count(
                """
                SELECT count(*) FROM unnest(
                    tstzmultirange(tstzrange(date_trunc('day', now(), 'UTC'), date_trunc('day', now(), 'UTC') + interval '8 days'))
                    - (SELECT range_agg(covers) FROM postroom.time_partitions('delivery')))
                """
            )
            #expect(gaps == 0)
            let dropped = try await test.query(
                "SELECT postroom.drop_expired_partition('delivery', date_trunc('day', now(), 'UTC') + interval '12 hours')"
            )
            #expect(dropped.first?.first.flatMap(\.self) == nil)
        }
    }

    @Test(
        "partitions are not changed by an older snapshot",
        arguments: [
            "make_partitions(2)", "drop_expired_partition('delivery', now())", "prune_default_partitions(now(), 1)",
        ]
    )
    func wantsReadCommitted(call: String) async throws {
        try await TestInbox.with { test in
            let refusal: PostgresError? = await #expect(throws: PostgresError.self) {
                try await test.session { session in
                    _ = try await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
                    _ = try await session.query("SELECT postroom.\(call)")
                }
            }
            #expect(refusal?.description.contains("read committed") == true)
        }
    }
}

/// Deliveries in the default partition, with jobs of the handler `h` that are just about to be claimed or to end.
private struct MovedScene {
    static let count = 3

    let test: TestInbox
    let kind: PartitionTests.Work
    let worker: WorkerID
    let version: Int64
    private(set) var batches: [ClaimedBatch] = []
    private(set) var retries: [ClaimedRetry] = []

    init(_ test: TestInbox, _ kind: PartitionTests.Work) async throws {
        self.test = test
        self.kind = kind
        let handlers = [(name: HandlerName("h"), patterns: [EventPattern.everything])]
        worker = try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
        version = try await test.inbox.directory().version
        try await test.dropPartition(ofDay: 0)
        let requests = (0..<Self.count).map { IncomingDelivery.sample(key: "k\($0)") }
        let stored = try await test.inbox.store(requests, claimedBy: kind == .claimOfBatches ? nil : worker)
        batches = stored.batches
        switch kind {
        case .claimOfBatches, .deathInBatch:
            break
        case .claimOfRetries, .claimOfSuspects, .deathOfRetry, .deathOfSuspect:
            try await oweAll()
        }
    }

    /// Turns the batch into jobs that are owed, and brings them into the state that the scene begins with.
    private mutating func oweAll() async throws {
        try await test.query("DELETE FROM postroom.batch")
        let deaths = kind == .claimOfSuspects || kind == .deathOfSuspect ? 2 : 0
        try await test.query(
            """
            INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, deaths)
            SELECT id, 'h', received_at, now(), \(deaths) FROM postroom.delivery
            """
        )
        if kind == .deathOfRetry {
            // Not claimed by the statement: that would plan on the connection that is to plan under the move.
            try await test.query("UPDATE postroom.retry SET worker = \(worker)")
            retries = batches.flatMap(\.deliveries)
                .map { delivery in
                    ClaimedRetry(
                        key: RetryKey(delivery: delivery.id, handler: "h"),
                        delivery: delivery,
                        failedAttempts: 0,
                        attemptsBeforeReplay: 0
                    )
                }
        }
        if kind == .deathOfSuspect {
            try await test.query(
                "UPDATE postroom.retry SET worker = \(worker), running_since = now(), strikes = 1"
            )
            try await test.query("DELETE FROM postroom.worker")
        }
    }

    /// Does the work while another session has moved the rows and not committed that yet.
    func work(during move: PartitionTests.Move) async throws {
        try await test.session { mover in
            _ = try await mover.query("BEGIN")
            _ = try await mover.query(move == .byMaintenance ? "SELECT postroom.make_partitions(0)" : Self.moveByHand)
            async let done: Void = work()
            try await test.waitForLock()
            _ = try await mover.query("COMMIT")
            try await done
        }
    }

    private func work() async throws {
        switch kind {
        case .claimOfBatches, .claimOfRetries, .claimOfSuspects:
            let expected = kind == .claimOfSuspects ? 1 : Self.count
            let claimed = try await claim()
            #expect(claimed.count == expected)
        case .deathInBatch:
            let settled = batches.map { batch in
                BatchSettlement(
                    id: batch.id,
                    receivedAt: batch.receivedAt,
                    jobs: batch.deliveries.map {
                        .init(
                            ordinal: $0.id.ordinal,
                            handler: "h",
                            outcome: .dead(reason: .permanent, failure: Self.failure)
                        )
                    }
                )
            }
            try await settle(Settlement(batches: settled, directoryVersion: version))
        case .deathOfRetry:
            let settled = retries.map {
                RetrySettlement(key: $0.key, outcome: .dead(reason: .permanent, failure: Self.failure))
            }
            try await settle(Settlement(retries: settled, directoryVersion: version))
        case .deathOfSuspect:
            _ = try await test.inbox.rescue(silentFor: .seconds(15))
        }
    }

    /// Claims what the scene has to be claimed.
    func claim() async throws -> [DeliveryID] {
        switch kind {
        case .claimOfRetries:
            try await test.inbox.claimRetries([RetryClaim(handler: "h", limit: 10)], for: worker).map(\.delivery.id)
        case .claimOfSuspects:
            try await test.inbox.claimSuspect(of: ["h"], for: worker).map { [$0.delivery.id] } ?? []
        default:
            try await test.inbox
                .settle(
                    Settlement(directoryVersion: version),
                    thenClaim: ClaimRequest(deliveries: 100, batches: 100),
                    for: worker
                )
                .1.flatMap(\.deliveries).map(\.id)
        }
    }

    func settle(_ settlement: Settlement) async throws {
        _ = try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker)
    }

    private static let failure = AttemptFailure(attempt: 1, error: "no", duration: .milliseconds(1))

    private static let moveByHand = """
        DO $$ BEGIN
            CREATE TABLE postroom.delivery_moved (LIKE postroom.delivery INCLUDING ALL);
            WITH moved AS (DELETE FROM postroom.delivery_default RETURNING *)
            INSERT INTO postroom.delivery_moved SELECT * FROM moved;
            EXECUTE format('ALTER TABLE postroom.delivery ATTACH PARTITION postroom.delivery_moved FOR VALUES FROM (%L) TO (%L)',
                date_trunc('day', now(), 'UTC'), date_trunc('day', now(), 'UTC') + interval '1 day');
        END $$
        """
}

extension TestInbox {
    /// Runs a body with a session of its own.
    fileprivate func session(_ body: (PostgresConnection) async throws -> Void) async throws {
        let settings = PostgresConfiguration(connectionString: connectionString, applicationName: "psql")
        let connection = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
        do {
            try await body(connection)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Waits until a statement waits for a lock.
    fileprivate func waitForLock() async throws {
        while try await count(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ) == 0 {
            // The database tells nobody who waits.
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    fileprivate func dropPartition(ofDay offset: Int) async throws {
        try await query(
            """
            DO $$ BEGIN
                EXECUTE format('DROP TABLE postroom.%I',
                    'delivery_p' || to_char((now() + interval '\(offset) days') AT TIME ZONE 'UTC', 'YYYYMMDD'));
            END $$
            """
        )
    }

    /// Puts rows into the default partition, their times spread evenly.
    ///
    /// An autovacuum would hold a lock for which maintenance does not wait: it comes again.
    fileprivate func fillDefault(rows: Int, from: String, to: String, firstID: Int = 1) async throws {
        try await query("ALTER TABLE postroom.delivery_default SET (autovacuum_enabled = false)")
        try await query(
            """
            INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
            SELECT \(firstID) + n, \(from) + (\(to) - (\(from))) * (n::double precision / \(rows)), 'e', 's', n::text, '', ''
            FROM generate_series(0, \(rows) - 1) AS n
            """
        )
    }
}

extension Maintenance {
    /// Makes partitions as a program does, which comes again where somebody, such as an autovacuum, holds a lock for which
    /// maintenance does not wait.
    func makePartitionsInTheEnd() async throws {
        var failure: QueueError?
        for _ in 1...50 {
            failure = await failureOfMaking()
            guard failure?.kind == .unavailable else { break }
        }
        if let failure { throw failure }
    }

    private func failureOfMaking() async -> QueueError? {
        do throws(QueueError) {
            try await makePartitions()
            return nil
        } catch {
            return error
        }
    }
}
