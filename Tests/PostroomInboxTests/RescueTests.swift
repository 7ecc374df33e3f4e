import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Rescue")
struct RescueTests {
    @Test("claims that a rescue could not return because their table was locked come back with the next one")
    func comesBack() async throws {
        try await TestInbox.with { test in
            let handlers = [(name: HandlerName("crm"), patterns: [EventPattern.everything])]
            let worker = try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
            // The first rescue of a process looks for everything, which would hide what is tested.
            _ = try await test.inbox.rescue(silentFor: .seconds(15))
            _ = try await test.inbox.store([.sample(key: "a")], claimedBy: worker)
            try await test.letTimePass(.seconds(20))
            let settings = PostgresConfiguration(connectionString: test.connectionString, applicationName: "psql")
            let locker = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
            _ = try await locker.query("BEGIN")
            _ = try await locker.query("LOCK TABLE postroom.batch IN SHARE MODE")
            await #expect(throws: QueueError.self) { try await test.inbox.rescue(silentFor: .seconds(15)) }
            // All or nothing: a process that dies here leaves no claim behind that has lost its worker.
            #expect(try await test.count("SELECT count(*) FROM postroom.worker") == 1)
            await locker.close()
            let report = try await test.inbox.rescue(silentFor: .seconds(15))
            #expect(report.workers == [worker])
            #expect(report.batches == 1)
        }
    }

    @Test("all claims are looked through at first, five seconds after workers were removed, and once a minute")
    func fullRescues() {
        let start = ContinuousClock.now
        var clock = FullRescueClock()
        #expect(clock.isDue(at: start))
        clock.ended(removedWorkers: true, at: start)
        #expect(!clock.isDue(at: start + .milliseconds(4999)))
        #expect(clock.isDue(at: start + .seconds(5)))
        clock.ended(removedWorkers: false, at: start + .seconds(5))
        #expect(!clock.isDue(at: start + .milliseconds(64_999)))
        #expect(clock.isDue(at: start + .seconds(65)))
    }
}
