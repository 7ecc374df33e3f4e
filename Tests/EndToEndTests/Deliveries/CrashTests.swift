import Glibc
import ProgramHarness
import Subprocess
import Synchronization
import Testing

@testable import TestWorker

@Suite("A worker that crashes")
struct CrashTests {
    private static let handlers = ["crm", "audit", "mail"]
    private static let seed: UInt64 = 20_261
    private static let attempts = 3
    private static let keys = (1...1000).map { "crash-\($0)" }

    @Test(
        "kill -9 of the worker in the middle of 1,000 deliveries leaves every pair handled or dead-lettered after restart"
    )
    func kill() async throws {
        try await Scene.with { scene in
            let target = SendingTarget()
            let inFlight = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await target.sendUntilAccepted(Self.keys) }
                let inFlight = try await serve(scene) { worker in
                    try await scene.database.waitForWorkers()
                    target.port = try await worker.receiverPort()
                    let inFlight = try await eventually("fewer than 300 runs have ended, or nothing runs") {
                        scene.journal.runs.count >= 300 ? try await heldBy(worker, scene.database) : nil
                    }
                    try await worker.crash()
                    target.port = nil
                    return inFlight
                }
                let runsBefore = scene.journal.runs.count
                #expect(runsBefore < Self.keys.count * Self.handlers.count)
                let restart = ContinuousClock.now
                try await serve(scene) { worker in
                    target.port = try await worker.receiverPort()
                    try await group.waitForAll()
                    try await scene.database.waitUntilDrained()
                    #expect(.now - restart < .seconds(60), "the lease was 2 s")
                    #expect(try await worker.stop() == .exited(0))
                }
                return inFlight
            }
            try await check(scene, inFlight: inFlight)
        }
    }

    @Test("a worker that was stopped past its lease settles nothing of what another one has taken over")
    func stoppedPastTheLease() async throws {
        let keys = (1...30).map { "frozen-\($0)" }
        try await Scene.with { scene in
            let slow = ["TESTWORKER_DELAY": "3000"]
            try await scene.serve(handlers: ["crm", "audit"], environment: slow) { frozen in
                try await scene.database.waitForWorkers()
                try await Sender(port: try await frozen.receiverPort()).accept(keys: keys)
                frozen.send(SIGSTOP)
                let held = try await heldPairs(scene.database)
                #expect(held > 0)
                try await scene.serve(handlers: ["crm", "audit"], role: "worker") { other in
                    try await scene.database.waitUntilDrained()
                    try await other.logged("rescued the claims of silent workers")
                    #expect(try await scene.database.handledPairs().count == 60)
                    frozen.send(SIGCONT)
                    try await frozen.logged("this worker was taken for dead; it drops its claims and registers anew")
                    try await scene.database.waitForWorkers(2)
                    #expect(try await frozen.stop() == .exited(0))
                    #expect(try await other.stop() == .exited(0))
                }
            }
            let handled = try await scene.database.handledPairs()
            #expect(handled.count == 60)
            #expect(Set(handled).count == 60)
            #expect(try await scene.database.count("SELECT count(*) FROM postroom.failed_attempt") == 0)
            let workers = "SELECT count(DISTINCT worker) FROM postroom.handled"
            #expect(try await scene.database.count(workers) == 1)
        }
    }

    private func serve<Value>(_ scene: Scene, _ body: (RunningProgram) async throws -> Value) async throws -> Value {
        let environment = [
            "TESTWORKER_FAIL_SEED": "\(Self.seed)", "TESTWORKER_ATTEMPTS": "\(Self.attempts)", "TESTWORKER_DELAY": "20",
        ]
        return try await scene.serve(handlers: Self.handlers, environment: environment, body)
    }

    /// Stops a worker for the look at what it holds, and lets it go on where that is nothing.
    private func heldBy(_ worker: RunningProgram, _ database: Database) async throws -> Int? {
        worker.send(SIGSTOP)
        let held = try await heldPairs(database)
        guard held == 0 else { return held }
        worker.send(SIGCONT)
        return nil
    }

    /// The most pairs that could have been running, by what the database says was claimed.
    private func heldPairs(_ database: Database) async throws -> Int {
        let pairs = Self.handlers.count
        return try await database.count(
            """
            SELECT (SELECT coalesce(sum(delivery_count), 0) * \(pairs) FROM postroom.batch WHERE worker IS NOT NULL)
                + (SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL)
            """
        )
    }

    private func check(_ scene: Scene, inFlight: Int) async throws {
        let deliveries = try await scene.database.deliveries()
        #expect(Set(deliveries.keys) == Set(Self.keys))
        let plan = FailurePlan(seed: Self.seed)
        var expectedHandled: Set<Pair> = []
        var expectedDead: Set<Pair> = []
        for (key, delivery) in deliveries {
            for handler in Self.handlers {
                let pair = Pair(delivery: delivery, handler: handler)
                if plan.success(key: key, handler: handler, attempts: Self.attempts) == nil {
                    expectedDead.insert(pair)
                } else {
                    expectedHandled.insert(pair)
                }
            }
        }
        let handled = try await scene.database.handledPairs()
        let dead = try await scene.database.deadPairs()
        #expect(handled.count == Set(handled).count, "no pair is recorded as handled twice")
        #expect(dead.count == Set(dead).count)
        #expect(difference(handled, expectedHandled) == [])
        #expect(difference(dead, expectedDead) == [])
        #expect(difference(scene.journal.pairs("handled"), expectedHandled) == [])
        #expect(expectedDead.subtracting(scene.journal.pairs("failed")).isEmpty)

        let repeated = scene.journal.repeated
        #expect(inFlight > 0, "the kill must come while something runs")
        #expect(repeated <= inFlight)
        print("kill -9: \(inFlight) pairs were held, \(repeated) runs were repeated")
    }
}

/// Some of the pairs that are only in one of the two, which is what a failed test has to show.
private func difference(_ found: [Pair], _ expected: Set<Pair>) -> [Pair] {
    Array(Set(found).symmetricDifference(expected).prefix(5))
}

/// A sender that sends while receivers come and go: it repeats what was not accepted, as senders do.
private final class SendingTarget: Sendable {
    private let current = Mutex<Int?>(nil)

    var port: Int? {
        get { current.withLock(\.self) }
        set { current.withLock { $0 = newValue } }
    }

    func sendUntilAccepted(_ keys: [String]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, key) in keys.enumerated() {
                if index >= 32 {
                    try await group.next()
                }
                group.addTask {
                    try await eventually("\(key) was not accepted", within: .seconds(90)) {
                        guard let port = self.port else { return false }
                        return (try? await Sender(port: port).send(key: key))?.status == 200
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
