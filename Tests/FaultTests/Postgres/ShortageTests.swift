import ProgramHarness
import Subprocess
import Testing

@Suite("Something of Postgres that others hold", .timeLimit(.minutes(10)))
struct ShortageTests {
    @Test(
        "a lock that is not granted in time is a 503, by the statement's time-out or the lock's",
        arguments: [true, false]
    )
    func locked(byStatementTimeout: Bool) async throws {
        try await Scene.with { scene in
            let environment = byStatementTimeout ? ["POSTROOM_DATABASE_STATEMENT_TIMEOUT": "400ms"] : [:]
            try await scene.serve(handlers: ["crm"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send(["before"])
                let lock = "LOCK TABLE postroom.idempotency_key IN ACCESS EXCLUSIVE MODE"
                try await scene.database.holding(lock) {
                    let start = ContinuousClock.now
                    #expect(await producer.sendOnce("during") == 503)
                    let waited: Duration = ContinuousClock.now - start
                    let limits: ClosedRange<Duration> =
                        byStatementTimeout ? .zero ... .seconds(3) : .seconds(4) ... .seconds(9)
                    #expect(limits.contains(waited))
                }
                try await producer.send(["during", "after"], within: .seconds(5))
                try await scene.database.waitUntilDrained()
                try await Invariants.check(scene, producer, handlers: ["crm"])
            }
        }
    }

    @Test("all other connections taken leaves us ours, and those that we lost come back when others leave")
    func outOfConnections() async throws {
        try await OwnServer.with(parameters: ["max_connections": "24", "superuser_reserved_connections": "0"]) {
            server in
            let scene = try await server.scene()
            let eager = ["POSTROOM_RECEIVER_COMMIT_TIMEOUT": "2s"]
            try await scene.serve(handlers: ["crm"], environment: eager) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send((1...20).map { "before-\($0)" })
                try await scene.database.waitUntilDrained()
                let crowd = try await Crowd.takingAll(of: scene.database.connectionString)
                try await producer.send((1...20).map { "held-\($0)" }, within: .seconds(5))
                var more: [Crowd] = []
                // The program is quick to come back, and a busy crowd may have to send it away once more.
                try await eventually("the program keeps connections") {
                    let ours = "application_name IN ('postroom intake', 'postroom dispatch', 'postroom lease')"
                    try await crowd.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(ours)")
                    more.append(try await Crowd.takingAll(of: scene.database.connectionString))
                    return try await crowd.query("SELECT pid FROM pg_stat_activity WHERE \(ours)").isEmpty
                }
                #expect(await producer.sendOnce("during") == 503)
                try await program.logged("postgres cannot be reached")
                for crowd in more {
                    await crowd.leave()
                }
                await crowd.leave()
                try await producer.send(["during"], within: .seconds(6))
                try await scene.database.waitUntilDrained()
                try await Invariants.check(scene, producer, handlers: ["crm"])
                #expect(try await program.stop() == .exited(0))
            }
        }
    }
}
