import PostgresClient
import PostroomCore
import PostroomInbox
import PostroomQueue
import PostroomTesting
import Testing

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
}
