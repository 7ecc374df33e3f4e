import ProgramHarness
import Subprocess
import Testing

@Suite("A handler that blocks every thread", .timeLimit(.minutes(10)))
struct BlockedThreadsTests {
    @Test("stops its own process only: another worker takes over within the lease, and a supervisor's SIGKILL ends it")
    func takenOver() async throws {
        try await Scene.with { scene in
            try await scene.serve(role: "receiver") { receiver in
                let producer = Producer(port: try await receiver.receiverPort())
                let blocking = ["TESTWORKER_BLOCKING": "crm"]
                try await scene.serve(handlers: ["crm"], role: "worker", environment: blocking) { blocked in
                    try await scene.database.waitForWorkers()
                    try await producer.send((1...20).map { "blocked-\($0)" })
                    try await eventually("nothing is held") { try await scene.database.held(ofHandlers: 1) > 0 }
                    try await scene.serve(handlers: ["crm"], role: "worker") { other in
                        let start = ContinuousClock.now
                        try await scene.database.waitUntilDrained(within: .seconds(20))
                        print("taken over and done after \(ContinuousClock.now - start); the lease is 2 s")
                        #expect(scene.journal.runs.count == 20)
                        #expect(blocked.isRunning)
                        try await blocked.crash()
                        #expect(try await other.stop() == .exited(0))
                    }
                }
                try await Invariants.check(scene, producer, handlers: ["crm"])
            }
        }
    }
}
