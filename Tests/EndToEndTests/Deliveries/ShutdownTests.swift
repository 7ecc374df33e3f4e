import ProgramHarness
import Subprocess
import Testing

@Suite("A worker that is told to stop")
struct ShutdownTests {
    @Test("SIGTERM gives claims back and charges no attempt")
    func claimsComeBack() async throws {
        let keys = (1...40).map { "stop-\($0)" }
        let handlers = ["crm", "audit"]
        try await Scene.with { scene in
            let slow = [
                "TESTWORKER_DELAY": "100000", "POSTROOM_WORKER_SHUTDOWN_GRACE": "1s",
                "POSTROOM_WORKER_CONCURRENCY": "8",
            ]
            try await scene.serve(handlers: handlers, environment: slow) { worker in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await worker.receiverPort())
                try await sender.accept(keys: Array(keys.prefix(20)))
                try await eventually("no slow pair has left its batch") {
                    try await scene.database.count("SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL") > 0
                }
                try await sender.accept(keys: Array(keys.suffix(20)))
                let start = ContinuousClock.now
                #expect(try await worker.stop() == .exited(0))
                #expect(.now - start < .seconds(15), "the grace was 1 s")
            }
            let database = scene.database
            #expect(try await database.count("SELECT count(*) FROM postroom.worker") == 0)
            #expect(try await database.count("SELECT count(*) FROM postroom.batch WHERE worker IS NOT NULL") == 0)
            #expect(try await database.count("SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL") == 0)
            #expect(try await database.count("SELECT count(*) FROM postroom.failed_attempt") == 0)
            #expect(try await database.count("SELECT count(*) FROM postroom.retry WHERE failed_attempts > 0") == 0)
            #expect(try await database.count("SELECT count(*) FROM postroom.handled_run") == 0)
            #expect(scene.journal.runs.allSatisfy { $0.outcome == "cancelled" && $0.attempt == 1 })
            #expect(!scene.journal.runs.isEmpty)

            let restart = ContinuousClock.now
            try await scene.serve(handlers: handlers) { worker in
                try await scene.database.waitUntilDrained()
                #expect(.now - restart < .seconds(30))
                #expect(try await worker.stop() == .exited(0))
            }
            let handled = try await database.handledPairs()
            #expect(handled.count == keys.count * handlers.count)
            #expect(Set(handled).count == handled.count)
            #expect(scene.journal.runs.allSatisfy { $0.attempt == 1 }, "no attempt was charged")
            #expect(scene.journal.pairs("handled").count == handled.count)
        }
    }
}
