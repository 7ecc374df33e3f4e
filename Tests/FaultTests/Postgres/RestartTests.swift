import PrivatePostgres
import ProgramHarness
import Subprocess
import Testing

@Suite("A Postgres that goes away under load", .timeLimit(.minutes(10)))
struct RestartTests {
    enum Way: String, Sendable, CaseIterable {
        case fast, immediate, killed, terminated, down

        /// The number of times that it happens: being down takes half a minute, longer than a lease.
        var rounds: Int { self == .down ? 1 : 2 }
    }

    @Test(
        "is answered 503 and waited for; all flows again within five seconds, and nothing is lost",
        arguments: Way.allCases
    )
    func underLoad(way: Way) async throws {
        try await OwnServer.with { server in
            let scene = try await server.scene()
            let environment = ["TESTWORKER_DELAY": "5", "POSTROOM_RECEIVER_COMMIT_TIMEOUT": "2s"]
            try await scene.serve(handlers: ["crm", "audit"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send(named: "load") {
                    try await eventually("there is no load") { scene.journal.runs.count > 100 }
                    for _ in 1...way.rounds {
                        switch way {
                        case .fast: try await server.postgres.restart(.fast)
                        case .immediate: try await server.postgres.restart(.immediate)
                        case .killed:
                            await server.postgres.kill()
                            try await server.postgres.restart()
                        case .down:
                            await server.postgres.shutDown()
                            try await Task.sleep(for: .seconds(30))
                            try await server.postgres.restart()
                        case .terminated:
                            try await scene.database.query(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
                            )
                        }
                        let back = ContinuousClock.now
                        let accepted = producer.ledger.accepted.count
                        let ran = scene.journal.runs.count
                        try await eventually("nothing flows", within: .seconds(5)) {
                            producer.ledger.accepted.count > accepted + 20 && scene.journal.runs.count > ran + 40
                        }
                        let pause: Duration = ContinuousClock.now - back
                        print("\(way): all flows again after \(pause)")
                    }
                }
                // As a sender does that missed the answer; the ledger knows which delivery was named first.
                for key in producer.ledger.accepted.keys.sorted().prefix(20) {
                    #expect(await producer.sendOnce(key) == 200)
                }
                try await scene.database.waitUntilDrained()
                #expect(try await program.stop() == .exited(0))
                try await Invariants.check(scene, producer, handlers: ["crm", "audit"])
                #expect(scene.journal.repeated == 0, "the worker lives, and remembers what it ran")
            }
        }
    }
}
