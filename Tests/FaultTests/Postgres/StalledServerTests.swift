import Glibc
import PrivatePostgres
import ProgramHarness
import Subprocess
import Testing

@Suite("A Postgres that stands still", .timeLimit(.minutes(10)))
struct StalledServerTests {
    @Test("for longer than the lease, again and again, costs no living worker its identity")
    func stalled() async throws {
        try await OwnServer.with { server in
            let scene = try await server.scene()
            let environment = ["POSTROOM_WORKER_LEASE": "3s"]
            try await scene.serve(handlers: ["crm"], environment: environment) { first in
                try await scene.serve(handlers: ["crm"], role: "worker", environment: environment) { second in
                    try await scene.database.waitForWorkers(2)
                    let producer = Producer(port: try await first.receiverPort())
                    let workers = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM postroom.worker"
                    let before = try await scene.database.query(workers)
                    for round in 1...4 {
                        try await producer.send((1...20).map { "stall-\(round)-\($0)" })
                        try await stop(server, for: .seconds(6))
                        // Each has been heard again, and looked at the other.
                        for _ in 1...3 {
                            let now = try await scene.database.query("SELECT clock_timestamp()")[0][0] ?? ""
                            try await eventually("not both are heard again") {
                                let heard = "SELECT count(*) FROM postroom.worker WHERE heartbeat_at > '\(now)'"
                                return try await scene.database.count(heard) >= 2
                            }
                        }
                        #expect(try await scene.database.query(workers) == before)
                    }
                    try await scene.database.waitUntilDrained()
                    #expect(
                        first.log.first("this worker was taken for dead; it drops its claims and registers anew") == nil
                    )
                    #expect(
                        second.log.first("this worker was taken for dead; it drops its claims and registers anew")
                            == nil
                    )
                    try await Invariants.check(scene, producer, handlers: ["crm"])
                }
            }
        }
    }

    /// Stops every process of a server, and lets them go on after that time.
    private func stop(_ server: OwnServer, for time: Duration) async throws {
        let all = try await server.processes()
        for pid in all {
            kill(pid, SIGSTOP)
        }
        // As long as the fault lasts.
        try? await Task.sleep(for: time)
        for pid in all.reversed() {
            kill(pid, SIGCONT)
        }
    }
}
