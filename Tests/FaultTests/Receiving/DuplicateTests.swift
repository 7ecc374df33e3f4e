import ProgramHarness
import Subprocess
import Testing

@Suite("A duplicate", .timeLimit(.minutes(10)))
struct DuplicateTests {
    @Test("of what runs, or is a dead letter, is told the first one's id and runs nothing")
    func whileItRunsAndWhenItIsDead() async throws {
        try await Scene.with { scene in
            let failing = [
                "TESTWORKER_BROKEN": "crm", "TESTWORKER_ATTEMPTS": "1", "TESTWORKER_DELAY": "1500",
            ]
            try await scene.serve(handlers: ["crm"], environment: failing) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                let first = try await sender.accept(key: "one")
                try await eventually("nothing is held") { try await scene.database.held(ofHandlers: 1) == 1 }
                let running = try await sender.send(key: "one")
                #expect(scene.journal.runs.isEmpty, "the first has to run still")
                try await eventually("there is no dead letter") { try await scene.database.deadPairs().count == 1 }
                let dead = try await sender.send(key: "one")
                for answer in [running, dead] {
                    #expect(answer.status == 200)
                    #expect(answer.id == first)
                    #expect(answer.isDuplicate == true)
                }

                // What would run because of the duplicates would have run before this one.
                let other = try await sender.accept(key: "two")
                try await scene.database.waitUntilDrained()
                #expect(scene.journal.runs.map(\.pair.delivery) == [first, other])
                #expect(try await scene.database.deadPairs().map(\.delivery).sorted() == [first, other].sorted())
                #expect(try await program.stop() == .exited(0))
            }
        }
    }
}
