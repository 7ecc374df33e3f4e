import ProgramHarness
import Subprocess
import Testing

@Suite("A handler that a deployment renames")
struct RenameTests {
    @Test("while both programs run side by side, each delivery is handled once, and nothing is lost")
    func rollingDeployment() async throws {
        try await Scene.with { scene in
            let keys = (1...600).map { "renamed-\($0)" }
            let failing = ["TESTWORKER_FAIL_SEED": "7", "TESTWORKER_ATTEMPTS": "5", "TESTWORKER_DELAY": "5"]
            let newer = failing.merging(["TESTWORKER_FORMERLY": "crm.sync"]) { $1 }
            try await scene.serve(handlers: ["crm.sync"], environment: failing) { old in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await old.receiverPort())
                async let sent: Void = sender.accept(keys: keys, atOnce: 4)
                try await scene.serve(handlers: ["crm.upsert"], role: "worker", environment: newer) { new in
                    try await scene.database.waitForWorkers(2)
                    // A program that is started again with the former name works for the new one.
                    try await scene.serve(handlers: ["crm.sync"], role: "worker", environment: failing) { again in
                        try await scene.database.waitForWorkers(3)
                        try await eventually("not everything is accepted") {
                            try await scene.database.count("SELECT count(*) FROM postroom.delivery") == keys.count
                        }
                        try await scene.database.waitUntilDrained()
                        #expect(try await again.stop() == .exited(0))
                    }
                    #expect(try await new.stop() == .exited(0))
                }
                try await sent
                #expect(try await old.stop() == .exited(0))
            }
            let names = try await scene.database.query("SELECT name FROM postroom.handler WHERE removed_at IS NULL")
            #expect(names == [["crm.upsert"]])
            let runs = scene.journal.runs
            #expect(Set(runs.map(\.pair.handler)) == ["crm.sync", "crm.upsert"], "both programs took part")
            #expect(runs.filter { $0.outcome == "cancelled" }.isEmpty)
            // The two names are one job: what one program handled the other must not run.
            var handled: [Int64: Int] = [:]
            for run in runs where run.outcome == "handled" {
                handled[run.pair.delivery, default: 0] += 1
            }
            let dead = try await scene.database.deadPairs()
            #expect(handled.count + dead.count == keys.count)
            #expect(handled.values.allSatisfy { $0 == 1 })
            #expect(dead.allSatisfy { $0.handler == "crm.upsert" })
        }
    }

    @Test("the verb says what it would do, does it, and refuses a name that is taken")
    func verb() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm.sync", "mail"]) { program in
                try await scene.database.waitForWorkers()
                let dry = try await scene.verb("handlers", "rename", "crm.sync", "crm.upsert", "--dry-run")
                #expect(dry.status == .exited(0))
                #expect(dry.output.hasPrefix("'crm.sync' would be named 'crm.upsert'"), "\(dry.output)\(dry.errors)")
                for taken in [["crm.sync", "mail"], ["crm.sync", "mail", "--dry-run"], ["nobody", "x"]] {
                    let refused = try await Program(
                        name: "postroom",
                        arguments: ["handlers", "rename"] + taken,
                        environment: scene.environment
                    )
                    .run(in: scene.folder)
                    #expect(refused.status == .exited(1), "\(taken)")
                    #expect(refused.errors.contains("there is "), "\(refused.errors)")
                }
                let done = try await scene.verb("handlers", "rename", "crm.sync", "crm.upsert")
                #expect(done.status == .exited(0), "\(done.errors)")
                let id = try await Sender(port: try await program.receiverPort()).accept(key: "a")
                try await scene.database.waitUntilDrained()
                let handled = try await scene.database.handledPairs()
                #expect(
                    Set(handled)
                        == ["crm.upsert", "mail"]
                        .reduce(into: Set<Pair>()) {
                            $0.insert(Pair(delivery: id, handler: $1))
                        }
                )
                #expect(try await program.stop() == .exited(0))
            }
        }
    }
}
