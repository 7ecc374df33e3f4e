import ProgramHarness
import Subprocess
import Testing

@Suite("A sick handler beside a healthy one", .serialized, .timeLimit(.minutes(10)))
struct SickHandlerTests {
    /// The conduct of the sick handler.
    struct Sickness: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let environment: [String: String]
    }

    static let sicknesses = [
        Sickness(testDescription: "never returns", environment: ["TESTWORKER_STUCK": "audit"]),
        Sickness(testDescription: "always fails", environment: ["TESTWORKER_BROKEN": "audit"]),
        Sickness(
            testDescription: "is a hundred times slower",
            environment: ["TESTWORKER_SLOW": "audit", "TESTWORKER_DELAY": "2000"]
        ),
    ]

    @Test("leaves its latency within twice the normal, and the shutdown ends", arguments: sicknesses)
    func beside(sickness: Sickness) async throws {
        let healthy = try await latency(environment: [:])
        let besideSick = try await latency(environment: sickness.environment)
        print("beside a handler that \(sickness.testDescription): p99 \(besideSick), without it \(healthy)")
        // A tenth of a second is what other processes of a busy machine make of any latency.
        let limit: Duration = healthy * 2 + .milliseconds(100)
        #expect(besideSick < limit)
    }

    /// The time from commit to run at the healthy handler, at the worst of a hundred.
    private func latency(environment: [String: String]) async throws -> Duration {
        let worst = Worst()
        try await Scene.with { scene in
            let settings = environment.merging(["POSTROOM_WORKER_SHUTDOWN_GRACE": "1s"]) { $1 }
            try await scene.serve(handlers: ["crm", "audit"], environment: settings) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                let count = 300
                for round in 0..<(count / 10) {
                    try await producer.send((1...10).map { "sick-\(round)-\($0)" }, atOnce: 10)
                    try await Task.sleep(for: .milliseconds(20))
                }
                try await eventually("the healthy handler has not run all", within: .seconds(20)) {
                    scene.journal.pairs("handled").count { $0.handler == "crm" } == count
                }
                let start = ContinuousClock.now
                #expect(try await program.stop() == .exited(0))
                let stopping: Duration = ContinuousClock.now - start
                #expect(stopping < .seconds(10), "the grace was 1 s")

                let latencies = try await scene.latencies(of: "crm")
                #expect(latencies.count == count)
                worst.note(latencies[count * 99 / 100 - 1])
            }
        }
        return worst.value
    }
}
