import Glibc
import ProgramHarness
import Subprocess
import Testing

@Suite("A second SIGTERM", .timeLimit(.minutes(10)))
struct SecondSignalTests {
    @Test(
        "changes nothing: the graceful stop goes on to its grace, and gives back what it holds",
        arguments: [SIGTERM, SIGINT]
    )
    func duringAGracefulStop(signal: Int32) async throws {
        try await Scene.with { scene in
            let slow = [
                "TESTWORKER_DELAY": "100000", "POSTROOM_WORKER_SHUTDOWN_GRACE": "2s", "POSTROOM_LOG_LEVEL": "debug",
            ]
            try await scene.serve(role: "receiver") { receiver in
                let producer = Producer(port: try await receiver.receiverPort())
                try await scene.serve(handlers: ["crm"], role: "worker", environment: slow) { worker in
                    try await scene.database.waitForWorkers()
                    try await producer.send((1...20).map { "stop-\($0)" })
                    try await eventually("nothing is held") { try await scene.database.held(ofHandlers: 1) > 0 }
                    let start = ContinuousClock.now
                    worker.send(SIGTERM)
                    try await worker.logged("Signal caught. Shutting down the group.")
                    worker.send(signal)
                    #expect(try await worker.end(within: .seconds(20)) == .exited(0))
                    let waited: Duration = ContinuousClock.now - start
                    #expect(waited < .seconds(10), "the grace was 2 s")
                }
                #expect(try await scene.database.held(ofHandlers: 1) == 0)
                #expect(try await scene.database.count("SELECT count(*) FROM postroom.worker") == 0)
                #expect(try await scene.database.count("SELECT count(*) FROM postroom.failed_attempt") == 0)
                try await scene.serve(handlers: ["crm"], role: "worker") { worker in
                    try await scene.database.waitUntilDrained(within: .seconds(20))
                    #expect(try await worker.stop() == .exited(0))
                }
                try await Invariants.check(scene, producer, handlers: ["crm"])
            }
        }
    }
}
