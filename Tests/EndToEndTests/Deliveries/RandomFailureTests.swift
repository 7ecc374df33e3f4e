import ProgramHarness
import Subprocess
import Testing

@testable import TestWorker

@Suite("Handlers that fail")
struct RandomFailureTests {
    private static let handlers = ["crm", "audit"]
    private static let seed: UInt64 = 7
    private static let attempts = 3

    /// The outcome that one handler's pairs must have.
    private struct Expected {
        var handled = 0
        var dead = 0
        var failedAttempts = 0
        var runs: [RunJournal.Run: Int] = [:]
    }

    @Test("10,000 deliveries with a third of the runs failing at random end with exact counts")
    func exactCounts() async throws {
        let keys = (1...10_000).map { "random-\($0)" }
        try await Scene.with { scene in
            let environment = ["TESTWORKER_FAIL_SEED": "\(Self.seed)", "TESTWORKER_ATTEMPTS": "\(Self.attempts)"]
            try await scene.serve(handlers: Self.handlers, environment: environment) { worker in
                try await scene.database.waitForWorkers()
                try await Sender(port: try await worker.receiverPort()).accept(keys: keys)
                try await scene.database.waitUntilDrained()
                #expect(try await worker.stop() == .exited(0))
            }
            let deliveries = try await scene.database.deliveries()
            #expect(deliveries.count == keys.count)
            let runs = scene.journal.runs
            for handler in Self.handlers {
                let expected = expectation(of: handler, deliveries)
                let name = "handler = '\(handler)'"
                let database = scene.database
                #expect(
                    try await database.count("SELECT count(*) FROM postroom.handled_run WHERE \(name)")
                        == expected.handled
                )
                #expect(
                    try await database.count("SELECT count(*) FROM postroom.dead_letter WHERE \(name)") == expected.dead
                )
                #expect(
                    try await database.count("SELECT count(*) FROM postroom.failed_attempt WHERE \(name)")
                        == expected.failedAttempts
                )
                let wrong = try await database.count(
                    """
                    SELECT count(*) FROM postroom.dead_letter
                    WHERE \(name) AND (failed_attempts <> \(Self.attempts) OR reason <> 'exhausted'
                        OR jsonb_array_length(history) <> \(Self.attempts))
                    """
                )
                #expect(wrong == 0)
                let journal = runs.filter { $0.pair.handler == handler }
                    .map { RunJournal.Run(pair: $0.pair, attempt: $0.attempt, process: 0, outcome: $0.outcome) }
                let counted = Dictionary(journal.map { ($0, 1) }, uniquingKeysWith: +)
                #expect(counted == expected.runs, "each attempt ran once, and ended as planned")
            }
            #expect(runs.count == runs.filter { Self.handlers.contains($0.pair.handler) }.count)
        }
    }

    private func expectation(of handler: String, _ deliveries: [String: Int64]) -> Expected {
        let plan = FailurePlan(seed: Self.seed)
        var expected = Expected()
        for (key, delivery) in deliveries {
            let success = plan.success(key: key, handler: handler, attempts: Self.attempts)
            let failures = success.map { $0 - 1 } ?? Self.attempts
            expected.handled += success == nil ? 0 : 1
            expected.dead += success == nil ? 1 : 0
            expected.failedAttempts += failures
            for attempt in 1...(success ?? Self.attempts) {
                let pair = Pair(delivery: delivery, handler: handler)
                let outcome = attempt <= failures ? "failed" : "handled"
                expected.runs[RunJournal.Run(pair: pair, attempt: attempt, process: 0, outcome: outcome)] = 1
            }
        }
        return expected
    }
}
