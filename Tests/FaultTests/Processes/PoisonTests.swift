import ProgramHarness
import Testing

@Suite("A delivery that takes the process down", .timeLimit(.minutes(10)))
struct PoisonTests {
    @Test("one among a thousand ends as a dead letter after at most five deaths, and the others lose no attempt")
    func oneOfAThousand() async throws {
        try await Scene.with { scene in
            let held = try await scene.serve(role: "receiver") { receiver in
                let sender = Sender(port: try await receiver.receiverPort())
                return try await scene.superviseWorkers(poison: "key-500") {
                    // A worker has registered, so that every delivery is its handler's.
                    try await sender.accept(keys: (0..<1000).map { "key-\($0)" })
                }
            }
            #expect((3...5).contains(held.count), "the worker died \(held.count) times")
            try await scene.expectOnlyTheGuiltyDied(key: "key-500", of: 1000)
            // What a death repeats is what the worker held and had not settled.
            #expect(scene.journal.repeated <= held.reduce(0, +))
        }
    }
}

extension Scene {
    /// Starts a worker again each time it dies, as a supervisor does, until nothing is owed any more.
    ///
    /// - Returns: The pairs that it held at each of its deaths, by the database.
    fileprivate func superviseWorkers(poison: String, begin: () async throws -> Void) async throws -> [Int] {
        let environment = ["TESTWORKER_POISON": poison, "SWIFT_BACKTRACE": "enable=no"]
        var held: [Int] = []
        while held.count < 10 {
            let isDone = try await serve(handlers: ["charge"], role: "worker", environment: environment) { worker in
                if held.isEmpty {
                    try await database.waitForWorkers()
                    try await begin()
                }
                return try await eventually("the worker neither dies nor comes to an end", within: .seconds(120)) {
                    try await worker.isRunning ? (database.isDrained() ? true : nil) : false
                }
            }
            if isDone {
                return held
            }
            held.append(try await database.pairsHeld())
        }
        return held
    }

    /// One dead letter with the reason `crash`, and everything else handled once, at the first attempt.
    fileprivate func expectOnlyTheGuiltyDied(key: String, of count: Int) async throws {
        let letters = try await database.query(
            "SELECT idempotency_key, reason, failed_attempts, jsonb_array_length(history) FROM postroom.dead_letter"
        )
        #expect(letters == [[key, "crash", "2", "2"]])
        let handled = try await database.handledPairs()
        #expect(handled.count == count - 1)
        #expect(Set(handled).count == count - 1)
        let runs = journal.runs
        #expect(runs.allSatisfy { $0.attempt == 1 }, "somebody beside it lost an attempt")
        #expect(Set(runs.map(\.pair)) == Set(handled))
    }
}

extension Database {
    fileprivate func isDrained() async throws -> Bool {
        try await count("SELECT (SELECT count(*) FROM postroom.batch) + (SELECT count(*) FROM postroom.retry)") == 0
    }

    /// Returns the number of pairs that workers hold, where there is one handler.
    fileprivate func pairsHeld() async throws -> Int {
        try await count(
            """
            SELECT (SELECT coalesce(sum(delivery_count), 0) FROM postroom.batch WHERE worker IS NOT NULL)
                 + (SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL)
            """
        )
    }
}
