import PostroomCore
import ProgramHarness
import Subprocess
import TestSupport
import Testing

/// Ordered handlers over four worker processes that are killed again and again, judged by what the runs themselves wrote down.
@Suite("Order by key, under kills", .timeLimit(.minutes(15)))
struct OrderTests {
    private static let keyCount = 1_000
    private static let rounds = 4
    private static let processes = 4

    @Test(
        "1,000 keys whose attempts fail, come twice and are killed: no overlap of a key, and none before an earlier one ended"
    )
    func byKey() async throws {
        try await runs(ordered: "by-key") { producer in
            for round in 1...Self.rounds {
                let keys = (1...Self.keyCount).map { "k\($0)-\(round)" }.shuffled()
                // The last round's come once more: duplicates, which change nothing.
                try await producer.send(keys + (round > 1 ? ["k1-\(round - 1)"] : []))
            }
        } check: { scene in
            let dead = Set(try await scene.database.deadPairs())
            for (key, runs) in try await Self.runs(scene) {
                Self.expectNoOverlap(runs, of: key)
                let begun = runs.map(\.delivery)
                #expect(begun == begun.sorted(), "an earlier delivery of \(key) ran after a later one: \(begun)")
                let ended = Set(runs.filter { $0.outcome == "handled" }.map(\.delivery))
                #expect(
                    Set(begun).allSatisfy { ended.contains($0) || dead.contains(Pair(delivery: $0, handler: "crm")) }
                )
            }
        }
    }

    @Test(
        "1,000 keys of which only the newest counts: no overlap, none after a newer one was handled, and the newest in the end"
    )
    func newest() async throws {
        try await runs(ordered: "newest") { producer in
            // A key's states are on their way together, and come in any order.
            let names = (1...Self.keyCount).flatMap { key in (1...Self.rounds).map { "k\(key)-\($0)" } }
            try await producer.send(names + names.prefix(8)) { Self.body($0) }
        } check: { scene in
            let dead = Set(try await scene.database.deadPairs().map(\.delivery))
            let deliveries = try await scene.database.deliveries()
            let versions = Dictionary(deliveries.map { ($0.value, Self.version($0.key)) }) { first, _ in first }
            let newest = Dictionary(grouping: deliveries, by: { Self.key($0.key) })
                .compactMapValues { $0.max { Self.version($0.key) < Self.version($1.key) }?.value }
            for (key, runs) in try await Self.runs(scene) {
                Self.expectNoOverlap(runs, of: key)
                let handled = runs.filter { $0.outcome == "handled" }.map(\.delivery)
                let states = handled.map { versions[$0] ?? 0 }
                #expect(states == states.sorted(), "an older state of \(key) was written over a newer one: \(states)")
                let last = try #require(newest[key])
                #expect(handled.last == last || dead.contains(last), "\(key) ended at \(handled), not at \(last)")
            }
            let superseded = try await scene.database.count("SELECT count(*) FROM postroom.superseded")
            print("newest: \(superseded) jobs were superseded")
            #expect(superseded > 0)
        }
    }

    /// Sends deliveries while four workers run and are killed, and lets them end.
    private func runs(
        ordered order: String,
        send: @escaping @Sendable (Producer) async throws -> Void,
        check: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        let environment = [
            "TESTWORKER_ORDER": order, "TESTWORKER_FAIL_SEED": "7", "TESTWORKER_ATTEMPTS": "3", "TESTWORKER_DELAY": "5",
            "POSTROOM_WORKER_CONCURRENCY": "16",
        ]
        try await Scene.with { scene in
            try await scene.serve(role: "receiver") { receiver in
                let producer = Producer(port: try await receiver.receiverPort())
                let isSent = Observed(false)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await scene.database.waitForWorkers()
                        try await send(producer)
                        isSent.update { $0 = true }
                    }
                    for _ in 0..<Self.processes {
                        group.addTask { try await work(scene, environment, isSent) }
                    }
                    try await group.waitForAll()
                }
                try await check(scene)
            }
        }
    }

    /// Kills a worker twice in the middle of its work, and lets the third do the rest.
    private func work(_ scene: Scene, _ environment: [String: String], _ isSent: Observed<Bool>) async throws {
        for _ in 0..<2 {
            try await scene.serve(handlers: ["crm"], role: "worker", environment: environment) { worker in
                let id = try await worker.processID()
                try await eventually("the worker has not run 100 jobs", within: .seconds(120)) {
                    scene.journal.runs.count { $0.process == id } >= 100 || isSent.current
                }
                try await worker.crash()
            }
        }
        try await scene.serve(handlers: ["crm"], role: "worker", environment: environment) { worker in
            try await eventually("not everything is sent", within: .seconds(240)) { isSent.current }
            try await scene.database.waitUntilDrained(within: .seconds(240))
            #expect(try await worker.stop() == .exited(0))
        }
    }

    // MARK: - What the runs say

    private struct Run {
        let delivery: Int64
        let began: Int64
        /// The time and the kind of its end; `nil` where its process was killed before.
        var end: Int64?
        var outcome: String?
    }

    /// The place of a delivery's state among those of its key: another order for each key.
    private static func version(_ name: String) -> Int {
        let numbers = name.dropFirst().split(separator: "-").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0] + 3 * numbers[1]) % rounds : 0
    }

    private static func body(_ name: String) -> String {
        #"{"type":"customer.changed","key":"\#(name)","timestamp":"2026-01-01T00:00:0\#(version(name))Z"}"#
    }

    private static func key(_ name: String) -> String {
        name.split(separator: "-").first.map(String.init) ?? name
    }

    /// The runs of each key, in the order in which they began.
    private static func runs(_ scene: Scene) async throws -> [String: [Run]] {
        let names = Dictionary(try await scene.database.deliveries().map { ($0.value, key($0.key)) }) { first, _ in
            first
        }
        var runs: [String: [Run]] = [:]
        for line in TestFolder.read(scene.journal.path).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 6, let delivery = Int64(words[1]), let time = Int64(words[5]),
                let key = names[delivery]
            else { continue }
            if words[4] == "began" {
                runs[key, default: []].append(Run(delivery: delivery, began: time))
            } else if let index = runs[key]?.lastIndex(where: { $0.delivery == delivery && $0.end == nil }) {
                runs[key]?[index].end = time
                runs[key]?[index].outcome = String(words[4])
            }
        }
        return runs
    }

    private static func expectNoOverlap(_ runs: [Run], of key: String) {
        for (run, next) in zip(runs, runs.dropFirst()) where run.end.map({ $0 > next.began }) ?? false {
            Issue.record("two runs of \(key) overlap: \(run) and \(next)")
        }
    }
}
