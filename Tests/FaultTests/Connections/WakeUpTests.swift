import PostroomChaos
import ProgramHarness
import Subprocess
import Testing

@Suite("Wake-ups that do not arrive", .timeLimit(.minutes(10)))
struct WakeUpTests {
    @Test("cost no more than the poll interval, and listening begins anew")
    func listenerGone() async throws {
        try await ProxiedScene.with { scene, proxy in
            // Only the worker's connections are watched: the receiver reaches the database directly.
            let direct = ["POSTROOM_DATABASE_URL": scene.database.connectionString]
            let polling = ["POSTROOM_WORKER_CLAIM_INTERVAL": "2s"]
            try await scene.serve(role: "receiver", environment: direct) { receiver in
                try await scene.serve(handlers: ["crm"], role: "worker", environment: polling) { worker in
                    try await scene.database.waitForWorkers()
                    let producer = Producer(port: try await receiver.receiverPort())
                    for round in 1...3 {
                        // Whoever listens is ended again and again, and what is sent meanwhile is found by polling.
                        try await scene.database.query(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'postroom listen'
                            """
                        )
                        try await producer.send(["unheard-\(round)"])
                        let start = ContinuousClock.now
                        try await scene.database.waitUntilDrained(within: .seconds(10))
                        #expect(.now - start < .seconds(5), "the poll interval is 2 s")
                    }
                    try await eventually("nobody listens again", within: .seconds(15)) {
                        try await scene.database.count(
                            """
                            SELECT count(*) FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'postroom listen'
                            """
                        ) == 2
                    }
                    #expect(try await worker.stop() == .exited(0))
                    try await Invariants.check(scene, producer, handlers: ["crm"])
                }
                #expect(try await receiver.stop() == .exited(0))
            }
        }
    }
}
