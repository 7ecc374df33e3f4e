import Glibc
import ProgramHarness
import Testing

@Suite("Limits over all processes", .serialized, .timeLimit(.minutes(10)))
struct LimitTests {
    /// Commits that many deliveries, whose keys begin with the name.
    private func enqueue(_ count: Int, named name: String, into scene: Scene) async throws {
        try await scene.database.query(
            """
            SELECT count(postroom.enqueue('hooks', 'invoice.paid', '{"type":"invoice.paid"}', '\(name)-' || number))
            FROM generate_series(1, \(count)) number
            """
        )
    }

    /// Runs that many workers for the time of a body.
    private func serve(
        _ count: Int,
        _ handlers: [String],
        _ environment: [String: String],
        in scene: Scene,
        _ body: ([RunningProgram]) async throws -> Void
    ) async throws {
        func more(_ programs: [RunningProgram]) async throws {
            guard programs.count < count else {
                try await scene.database.waitForWorkers(count)
                return try await body(programs)
            }
            try await scene.serve(handlers: handlers, role: "worker", environment: environment) { program in
                try await more(programs + [program])
            }
        }
        try await more([])
    }

    @Test(
        "four processes never run more than five attempts at once, keep them busy, and do so again 20 s after a kill -9"
    )
    func global() async throws {
        try await AttemptWitness.with { witness in
            let environment = [
                "TESTWORKER_WITNESS": "\(witness.port)", "TESTWORKER_LIMIT": "5", "TESTWORKER_DELAY": "400",
                "POSTROOM_WORKER_LEASE": "15s",
            ]
            try await Scene.with { scene in
                try await serve(4, ["crm"], environment, in: scene) { workers in
                    try await enqueue(2000, named: "limit", into: scene)
                    try await eventually("fewer than five run", within: .seconds(20)) { witness.running == 5 }
                    try await Task.sleep(for: .seconds(2))
                    let start = ContinuousClock.now
                    try await Task.sleep(for: .seconds(10))
                    let before = witness.load(from: start, to: .now)
                    // The first worker has two of the five slots.
                    try await workers[0].crash()
                    let killed = ContinuousClock.now
                    try await eventually("fewer than five run after a kill -9", within: .seconds(20)) {
                        witness.running == 5
                    }
                    let again = ContinuousClock.now
                    try await Task.sleep(for: .seconds(6))
                    let after = witness.load(from: again + .seconds(1), to: .now)
                    let all = witness.load(from: start, to: .now)
                    print(
                        "a limit of 5: on average \(before.average), \(again - killed) after a kill -9 \(after.average)"
                    )
                    #expect(all.most == 5)
                    #expect(before.average >= 4.5)
                    #expect(after.average >= 4.5)
                }
            }
        }
    }

    @Test("no key has more attempts at once than it may, and every job is handled, whatever is killed")
    func keys() async throws {
        try await AttemptWitness.with { witness in
            let environment = [
                "TESTWORKER_WITNESS": "\(witness.port)", "TESTWORKER_KEY_LIMIT": "2", "TESTWORKER_DELAY": "20",
            ]
            try await Scene.with { scene in
                try await serve(3, ["crm"], environment, in: scene) { workers in
                    for key in 1...5 {
                        try await enqueue(60, named: "key\(key)", into: scene)
                    }
                    try await eventually("nothing ran") { witness.history.count > 100 }
                    try await workers[0].crash()
                    try await scene.database.waitUntilDrained(within: .seconds(60))
                }
                var running: [Substring: Int] = [:]
                var most = 0
                for change in witness.history {
                    let key = change.name.prefix { $0 != "-" }
                    running[key, default: 0] += change.begins ? 1 : -1
                    most = max(most, running[key] ?? 0)
                }
                #expect(most == 2)
                #expect(Set(scene.journal.pairs("handled")).count == 300)
                #expect(scene.journal.runs.allSatisfy { $0.attempt == 1 }, "a job that waited lost an attempt")
                #expect(try await scene.database.count("SELECT count(*) FROM postroom.key_slot") <= 2)
            }
        }
    }

    @Test("no window of a rate's period holds more attempts of two processes than it allows, and few fewer")
    func rates() async throws {
        try await AttemptWitness.with { witness in
            let environment = [
                "TESTWORKER_WITNESS": "\(witness.port)", "TESTWORKER_RATES": "crm=100/10,audit=100/60",
            ]
            try await Scene.with { scene in
                try await serve(2, ["crm", "audit"], environment, in: scene) { _ in
                    try await enqueue(1200, named: "rate", into: scene)
                    try await Task.sleep(for: .seconds(90))
                }
                for (handler, period) in [("crm", Duration.seconds(10)), ("audit", .seconds(60))] {
                    let starts = witness.starts(of: handler).sorted()
                    for index in starts.indices.dropFirst(100) {
                        #expect(starts[index] - starts[index - 100] > period, "\(handler)")
                    }
                    let first = try #require(starts.first)
                    let last = try #require(starts.last)
                    let used = Double(starts.count) / ((last - first) / period) / 100
                    print("a rate of 100 in \(period): \(starts.count) began, \(used) of what it allows")
                    #expect(used > 0.85)
                }
            }
        }
    }

    @Test("a handler that says that it is busy is called by no process until then, and loses no attempt")
    func busy() async throws {
        try await AttemptWitness.with { witness in
            let environment = [
                "TESTWORKER_WITNESS": "\(witness.port)", "TESTWORKER_BUSY": "busy-50", "TESTWORKER_DELAY": "20",
                "POSTROOM_WORKER_CONCURRENCY": "1",
            ]
            try await Scene.with { scene in
                try await serve(2, ["crm"], environment, in: scene) { _ in
                    try await enqueue(200, named: "busy", into: scene)
                    try await scene.database.waitUntilDrained(within: .seconds(60))
                }
                let said = witness.history.filter { $0.name == "crm busy-50" && $0.begins }.map(\.at)
                let first = try #require(said.first)
                // What began before the other process could hear of it goes on.
                let called = witness.starts(of: "crm").filter { $0 > first + .milliseconds(500) }
                #expect(called.allSatisfy { $0 >= first + .seconds(5) })
                #expect(called.count > 10)
                #expect(Set(scene.journal.pairs("handled")).count == 200)
                #expect(scene.journal.runs.allSatisfy { $0.attempt == 1 && $0.outcome == "handled" })
            }
        }
    }
}
