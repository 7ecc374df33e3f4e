import ProgramHarness
import Subprocess
import Testing

@Suite("A program with parts of its own")
struct ProgramPartsTests {
    @Test("its services begin before the first attempt and end after the last, the last of them first")
    func services() async throws {
        try await Scene.with { scene in
            let environment = ["TESTWORKER_SERVICES": "pool,cache", "TESTWORKER_DELAY": "700"]
            try await scene.serve(handlers: ["crm"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(keys: ["a", "b"])
                try await eventually("no attempt runs") {
                    try await scene.database.count(
                        "SELECT (SELECT count(*) FROM postroom.batch WHERE worker IS NOT NULL)"
                            + " + (SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL)"
                    ) > 0
                }
                #expect(try await program.stop() == .exited(0))
            }
            let lines = TestFolder.read(scene.journal.path).split(separator: "\n").map { $0.split(separator: " ") }
            let told = lines.map { $0.count == 2 ? $0.joined(separator: " ") : String($0[4]) }
            #expect(Set(told.prefix(2)) == ["pool begun", "cache begun"])
            #expect(told.dropFirst(2).prefix(2) == ["handled", "handled"])
            #expect(told.suffix(2) == ["cache ended", "pool ended"])
            #expect(told.count == 6)
        }
    }

    @Test(
        "what fails at start is told in one line, with exit status 1",
        arguments: [
            (["TESTWORKER_NO_START": "init"], "error: the program can't start: the CRM\\ncan't be reached"),
            (["TESTWORKER_NO_START": "register"], "error: the program can't start: no handlers today"),
            (
                ["TESTWORKER_SERVICES": "pool,broken"],
                "error: the service JournalService has failed: the pool\\nis broken"
            ),
        ] as [([String: String], String)]
    )
    func fails(environment: [String: String], told: String) async throws {
        try await Scene.with { scene in
            var program = Program.worker("serve", environment: scene.environment.merging(environment) { $1 })
            program.environment["TESTWORKER_HANDLERS"] = "crm"
            let result = try await program.run(in: scene.folder)
            #expect(result.status == .exited(1))
            let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("error:") }
            #expect(errors == [Substring(told)], "\(result.errors)")
            #expect(result.errors.hasSuffix(told + "\n"))
        }
    }

    @Test("its own log and metrics are used, and /metrics says where the series are")
    func ownSystems() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm"], environment: ["TESTWORKER_OWN_SYSTEMS": "yes"]) { program in
                let port = try await eventually("nothing is logged in the program's own form") {
                    program.log.text.firstMatch(of: /port=([0-9]+).*The admin server listens/)?.1
                }
                try await scene.database.waitForWorkers()
                let page = try await Sender.get("/metrics", port: #require(Int(port)))
                #expect(
                    page.body.hasPrefix("# This program counts in a metrics factory of its own (NOOPMetricsHandler)")
                )
                #expect(page.body.contains("postroom_database_reachable 1"))
                #expect(!page.body.contains("postroom_claimed_deliveries_total"))
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    @Test("a verb that runs no handlers does not make the program")
    func otherVerbs() async throws {
        try await Scene.with { scene in
            for verb in ["sources", "status"] {
                var program = Program.worker(verb, environment: scene.environment)
                program.environment["TESTWORKER_NO_START"] = "init"
                let result = try await program.run(in: scene.folder)
                #expect(result.status == .exited(0), "\(result.errors)")
            }
        }
    }
}
