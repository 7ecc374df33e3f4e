import Glibc
import ProgramHarness
import Subprocess
import Testing

@Suite("kill -9, again and again", .timeLimit(.minutes(10)))
struct RepeatedKillTests {
    private static let handlers = ["crm", "audit"]

    @Test("five times during 1,000 deliveries: nothing is lost, and only what was held runs again")
    func worker() async throws {
        let keys = (1...1000).map { "kill-\($0)" }
        let environment = [
            "TESTWORKER_DELAY": "30", "POSTROOM_WORKER_CONCURRENCY": "8", "POSTROOM_WORKER_IN_FLIGHT": "64",
        ]
        try await Scene.with { scene in
            try await scene.serve(role: "receiver") { receiver in
                let producer = Producer(port: try await receiver.receiverPort())
                var held = 0
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for life in 1...5 {
                        held += try await scene.serve(handlers: Self.handlers, role: "worker", environment: environment)
                        {
                            worker in
                            try await worker.logged("the inbox is ready")
                            if life == 1 {
                                try await scene.database.waitForWorkers()
                                group.addTask { try await producer.send(keys) }
                            }
                            return try await killInTheMiddle(worker, scene)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(scene.journal.runs.count < keys.count * Self.handlers.count)
                try await scene.serve(handlers: Self.handlers, role: "worker") { worker in
                    try await scene.database.waitUntilDrained(within: .seconds(30))
                    #expect(try await worker.stop() == .exited(0))
                }
                try await Invariants.check(scene, producer, handlers: Self.handlers)
                let repeated = scene.journal.repeated
                print("five kills: \(held) pairs were held, \(repeated) runs were repeated")
                #expect(repeated <= held)
                #expect(scene.journal.runs.allSatisfy { $0.attempt == 1 }, "a kill charged an attempt")
            }
        }
    }

    /// Kills a worker that has ended at least a hundred runs and holds something.
    ///
    /// - Returns: The most pairs that it held.
    private func killInTheMiddle(_ worker: RunningProgram, _ scene: Scene) async throws -> Int {
        let id = try await worker.processID()
        return try await eventually("the worker has not run a hundred pairs, or holds none") {
            guard scene.journal.runs.count(where: { $0.process == id }) >= 100 else { return nil }
            // It is stopped for the look, so that what it holds does not change before it is killed.
            worker.send(SIGSTOP)
            let held = try await scene.database.held(ofHandlers: Self.handlers.count)
            guard held > 0 else {
                worker.send(SIGCONT)
                return nil
            }
            try await worker.crash()
            return held
        }
    }
}
