import PostroomChaos
import ProgramHarness
import Subprocess
import Testing

@Suite("A connection that is cut at a commit", .timeLimit(.minutes(10)))
struct CutTests {
    /// Cuts of one kind, and what the programs do then.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cut: Cut
        /// True if one process receives and works, so that batches are handed over in memory.
        let isOneProcess: Bool
        var handlers = ["crm", "audit"]
        var broken = ""
    }

    private static func cases(_ what: String, role: String, _ statement: String, inOneProcess: Bool) -> [Case] {
        Cut.Moment.allCases.map { moment in
            Case(
                testDescription: "\(what), \(moment == .afterCommit ? "reply lost" : "not committed")",
                cut: Cut(moment, role: role, statement: statement),
                isOneProcess: inOneProcess
            )
        }
    }

    static let all =
        cases("intake of a receiver", role: "intake", "delivery_store", inOneProcess: false)
        + cases("intake with hand-off", role: "intake", "delivery_store", inOneProcess: true)
        + cases("claim", role: "dispatch", "batch_claim", inOneProcess: false)
        + cases("settlement of batches", role: "dispatch", "batch_settle", inOneProcess: false)
        + cases("settlement of handed over batches", role: "dispatch", "batch_settle", inOneProcess: true)

    @Test("costs nobody a delivery, and runs nothing twice", arguments: all)
    func batches(test: Case) async throws {
        try await run(test, environment: [:])
    }

    static let retries =
        cases("claim of retries", role: "dispatch", "due_claim", inOneProcess: true)
        + cases("settlement of retries", role: "dispatch", "retry_settle", inOneProcess: true)

    @Test("charges no attempt beyond those that ran", arguments: retries)
    func retried(test: Case) async throws {
        try await run(test, environment: ["TESTWORKER_BROKEN": "audit", "TESTWORKER_ATTEMPTS": "3"])
    }

    private func run(_ test: Case, environment: [String: String]) async throws {
        let cuts = 4
        try await ProxiedScene.with { scene, proxy in
            let producer = Producer()
            let broken = environment["TESTWORKER_BROKEN"]
            func produce() async throws {
                // One after the other, so that a cut in the middle of it always meets what it waits for.
                for round in 1...cuts {
                    proxy.arm(test.cut)
                    try await producer.send((1...20).map { "cut-\(round)-\($0)" }, atOnce: 8)
                    try await eventually("cut \(round) is not made") { proxy.report.cuts.count == round }
                }
                try await scene.database.waitUntilDrained()
            }
            if test.isOneProcess {
                try await scene.serve(handlers: test.handlers, environment: environment) { program in
                    try await scene.database.waitForWorkers()
                    producer.turn(to: try await program.receiverPort())
                    try await produce()
                    #expect(try await program.stop() == .exited(0))
                }
            } else {
                try await scene.serve(role: "receiver") { receiver in
                    try await scene.serve(handlers: test.handlers, role: "worker", environment: environment) { worker in
                        try await scene.database.waitForWorkers()
                        producer.turn(to: try await receiver.receiverPort())
                        try await produce()
                        #expect(try await worker.stop() == .exited(0))
                    }
                    #expect(try await receiver.stop() == .exited(0))
                }
            }

            let expected = test.cut.moment == .afterCommit
            #expect(proxy.report.cuts.map(\.wasCommitted) == Array(repeating: expected, count: cuts))
            try await Invariants.check(scene, producer, handlers: test.handlers) { $1 == broken }
            #expect(scene.journal.repeated == 0, "no process died, so nothing runs again")
            let failures = try await scene.database.count("SELECT count(*) FROM postroom.failed_attempt")
            #expect(failures == (broken == nil ? 0 : producer.ledger.accepted.count * 3))
            if test.cut.role == "intake" {
                #expect(producer.ledger.answers[503] ?? 0 > 0, "an outcome that is not known is no 200")
                #expect((producer.ledger.duplicates > 0) == expected, "the sender's repetition finds what is there")
            } else {
                #expect(producer.ledger.answers.keys.elementsEqual([200]), "senders notice nothing")
            }
        }
    }
}
