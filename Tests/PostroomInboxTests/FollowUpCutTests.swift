import Glibc
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Follow-ups, when settlements are cut or meet", .timeLimit(.minutes(5)))
struct FollowUpCutTests {
    /// The number of jobs: `POSTROOM_TEST_CUT_JOBS=20000` makes more than 10,000 settlements fail.
    private static let jobs = getenv("POSTROOM_TEST_CUT_JOBS").flatMap { Int(String(cString: $0)) } ?? 600

    @Test("each job leaves one follow-up, however often its settlement's connection is cut before or after the commit")
    func cuts() async throws {
        try await TestInbox.with { test in
            let worker = try await test.mailWorker()
            let version = try await test.inbox.directory().version
            let settled = Observed(0)
            let failed = Observed(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while settled.current < Self.jobs {
                        try await test.query(Self.cut)
                        try await Task.sleep(for: .milliseconds(150))
                    }
                }
                var batches = try await test.claimBatches(Self.jobs, for: worker)[...]
                let lanes = 32
                for lane in 0..<lanes {
                    let own = batches.prefix(Self.jobs / lanes + (lane < Self.jobs % lanes ? 1 : 0))
                    batches = batches.dropFirst(own.count)
                    group.addTask {
                        for batch in own {
                            // The key is another one each time: no key hides a second commit.
                            while true {
                                let settlement = try batch.enqueueing("\(UInt64.random(in: .min ... .max))", version)
                                do throws(QueueError) {
                                    _ = try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker)
                                    break
                                } catch {
                                    failed.update { $0 += 1 }
                                    try await Task.sleep(for: .milliseconds(5))
                                }
                            }
                            settled.update { $0 += 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            print("\(failed.current) settlements of \(Self.jobs) jobs failed")
            #expect(failed.current > Self.jobs / 50, "hardly anything was cut")
            let perJob = "SELECT body, count(*) FROM postroom.delivery WHERE source = 'acme' GROUP BY body"
            #expect(try await test.count("SELECT count(*) FROM (\(perJob)) AS j") == Self.jobs)
            #expect(try await test.count("SELECT max(count) FROM (\(perJob)) AS j") == 1)
            #expect(try await test.count("SELECT count(*) FROM postroom.batch WHERE worker IS NOT NULL") == 0)
        }
    }

    /// Ends a session that settles or settled last.
    private static let cut = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%DELETE FROM%batch%'
        ORDER BY random() LIMIT 1
        """

    @Test("settlements, enqueues by SQL and runners that share keys, in any order, never wait in a circle")
    func meetings() async throws {
        try await TestInbox.with { test in
            let worker = try await test.mailWorker()
            let version = try await test.inbox.directory().version
            let isDone = Observed(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        let runner = ScheduleRunner(inbox: test.inbox, logger: .silent)
                        while !isDone.current {
                            _ = try await runner.look()
                            try await Task.sleep(for: .milliseconds(2))
                        }
                    }
                }
                for lane in 0..<4 {
                    group.addTask {
                        for round in 0..<40 where !isDone.current {
                            let keys = (0..<10).map { "\(round)-\($0)" }.shuffled()
                            for key in keys {
                                let due = lane == 0 ? ", now() + interval '3 ms'" : ""
                                let arguments = "'internal', 'thing', '{}', '\(key)'\(due)"
                                try await test.query("SELECT postroom.enqueue(\(arguments))")
                            }
                        }
                    }
                }
                var batches = try await test.claimBatches(160, for: worker)[...]
                try await withThrowingTaskGroup(of: Void.self) { settling in
                    for _ in 0..<4 {
                        let own = batches.prefix(40)
                        batches = batches.dropFirst(40)
                        settling.addTask {
                            for (round, batch) in own.enumerated() {
                                let events = try (0..<10).shuffled()
                                    .map { number in
                                        try EnqueuedEvent(
                                            Reminder(text: "\(number)"),
                                            due: number.isMultiple(of: 2) ? .now : .after(.milliseconds(3)),
                                            key: "\(round)-\(number)"
                                        )
                                    }
                                let settlement = batch.handled(JobCompletion(followUps: events), version)
                                _ = try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker)
                            }
                        }
                    }
                    try await settling.waitForAll()
                }
                isDone.update { $0 = true }
                try await group.waitForAll()
            }
            let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            #expect(try await test.count(deadlocks) == 0)
            _ = try await ScheduleRunner(inbox: test.inbox, logger: .silent).look()
            let doubled = "SELECT count(*) - count(DISTINCT (endpoint, idempotency_key)) FROM postroom.delivery"
            #expect(try await test.count(doubled) == 0)
        }
    }
}

extension TestInbox {
    /// Registers a worker that handles everything as `mail`.
    fileprivate func mailWorker() async throws -> WorkerID {
        try await inbox.register(
            WorkerRegistration(label: "host-1", handlers: [("mail", [.events(from: .bearer)])])
        )
    }

    /// Commits deliveries each on its own, and claims their batches.
    fileprivate func claimBatches(_ count: Int, for worker: WorkerID) async throws -> [ClaimedBatch] {
        try await query(
            """
            SELECT postroom.enqueue('endpoint', 'thing', '{}', 'job ' || n, NULL, 'bearer')
            FROM generate_series(1, \(count)) AS n
            """
        )
        var batches: [ClaimedBatch] = []
        while batches.count < count {
            let more = ClaimRequest(deliveries: 100, batches: 100)
            batches += try await inbox.settle(Settlement(directoryVersion: 0), thenClaim: more, for: worker).1
        }
        return batches
    }
}

extension ClaimedBatch {
    /// Success of the batch's only job.
    fileprivate func handled(_ completion: JobCompletion, _ version: Int64) -> Settlement {
        let outcome = JobOutcome.handled(duration: .zero, completion: completion)
        let job = BatchSettlement.Job(ordinal: 0, handler: "mail", outcome: outcome)
        return Settlement(
            batches: [BatchSettlement(id: id, receivedAt: receivedAt, jobs: [job])],
            directoryVersion: version
        )
    }

    /// Success that enqueues an event with the job's identity under a key.
    fileprivate func enqueueing(_ key: String, _ version: Int64) throws -> Settlement {
        handled(JobCompletion(followUps: [try EnqueuedEvent(Reminder(text: "\(id)"), key: key)]), version)
    }
}
