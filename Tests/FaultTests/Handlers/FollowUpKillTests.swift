import Glibc
import PostroomCore
import ProgramHarness
import Subprocess
import Testing

/// Handlers that do a step and enqueue a follow-up, in processes that are killed before they settle.
@Suite("Follow-ups and steps, under kills", .timeLimit(.minutes(60)))
struct FollowUpKillTests {
    /// The number of kills: `POSTROOM_TEST_KILLS=400` lets about 10,000 attempts die between enqueue and settlement.
    private static let kills = getenv("POSTROOM_TEST_KILLS").flatMap { Int(String(cString: $0)) } ?? 8
    /// The most kills in one inbox: what was killed twice goes on alone, and the journal is read at every look.
    private static let killsOfOneInbox = 25
    private static let handlers = ["crm"]
    private static let environment = [
        "TESTWORKER_FOLLOW_UPS": "yes", "POSTROOM_WORKER_CONCURRENCY": "32", "POSTROOM_WORKER_IN_FLIGHT": "256",
        "POSTROOM_WORKER_LEASE": "3s",
    ]

    @Test("leave one follow-up of each handled job and none of the others, and a recorded step never runs again")
    func kills() async throws {
        var killed = 0
        for first in stride(from: 1, through: Self.kills, by: Self.killsOfOneInbox) {
            killed += try await die(in: first...min(first + Self.killsOfOneInbox - 1, Self.kills))
        }
        print("\(Self.kills) kills: \(killed) attempts died between enqueue and settlement")
        #expect(killed > 0)
    }

    /// Kills a worker a number of times in the middle of its work, and lets another one do the rest.
    ///
    /// - Returns: The number of attempts that had enqueued and never settled.
    private func die(in kills: ClosedRange<Int>) async throws -> Int {
        let died = Observed(0)
        try await Scene.with { scene in
            try await scene.serve(role: "receiver") { receiver in
                let producer = Producer(port: try await receiver.receiverPort())
                for kill in kills {
                    try await killOnce(kill, scene, producer, isFirst: kill == kills.lowerBound)
                }
                try await scene.serve(handlers: Self.handlers, role: "worker", environment: Self.environment) {
                    worker in
                    try await scene.database.waitUntilDrained(within: .seconds(300))
                    #expect(try await worker.stop() == .exited(0))
                }
                let count = try await check(scene)
                died.update { $0 = count }
            }
        }
        return died.current
    }

    private func killOnce(_ kill: Int, _ scene: Scene, _ producer: Producer, isFirst: Bool) async throws {
        let environment = Self.environment.merging(["TESTWORKER_DELAY": "300"]) { _, new in new }
        try await scene.serve(handlers: Self.handlers, role: "worker", environment: environment) { worker in
            if isFirst {
                try await scene.database.waitForWorkers()
            }
            let id = try await worker.processID()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await producer.send((1...40).map { "kill-\(kill)-\($0)" }) }
                try await eventually("the worker has not enqueued twenty events") {
                    scene.journal.runs.count { $0.process == id && $0.outcome == "enqueued" } >= 20
                }
                // Another moment of their course each time: some run, some settle, some are settled.
                try await Task.sleep(for: .milliseconds(kill * 37 % 350))
                try await worker.crash()
                try await group.waitForAll()
            }
        }
    }

    /// Compares what was enqueued with what was handled, and looks for steps that ran again.
    ///
    /// - Returns: The number of attempts that had enqueued and never settled.
    private func check(_ scene: Scene) async throws -> Int {
        let origins = try await scene.database
            .query(
                "SELECT convert_from(body, 'UTF8')::json ->> 'job' FROM postroom.delivery WHERE source = 'acme'"
            )
            .compactMap { $0.first.flatMap(\.self) }
        let followUps = Set(try await scene.database.query("SELECT id FROM postroom.delivery WHERE source = 'acme'"))
        let handled = try await scene.database.handledPairs().filter { !followUps.contains(["\($0.delivery)"]) }
        #expect(origins.sorted() == handled.map { "\($0.handler) \($0.delivery)" }.sorted())
        let dead = try await scene.database.deadPairs()
        let sent = try await scene.database.count("SELECT count(*) FROM postroom.delivery WHERE source <> 'acme'")
        #expect(handled.count + dead.count == sent)
        let lost = """
            SELECT count(*) FROM postroom.step s WHERE NOT EXISTS (
                SELECT FROM postroom.dead_letter l WHERE l.delivery_id = s.delivery_id AND l.handler = s.handler)
            """
        #expect(try await scene.database.count(lost) == 0, "a job is gone, and its step is not")

        let runs = scene.journal.runs
        var recorded: Set<Pair> = []
        var resumed = 0
        for run in runs {
            switch run.outcome {
            case "recorded": resumed += recorded.insert(run.pair).inserted ? 0 : 1
            case "stepped": #expect(!recorded.contains(run.pair), "a step ran again: \(run)")
            default: break
            }
        }
        #expect(resumed > 0)
        let died = runs.count { $0.outcome == "enqueued" } - handled.count
        print("\(sent) jobs, \(dead.count) of them dead, \(died) attempts died, \(resumed) went on behind their step")
        return died
    }
}
