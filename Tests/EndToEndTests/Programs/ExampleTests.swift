import ProgramHarness
import Subprocess
import Testing

@Suite("The examples")
struct ExampleTests {
    @Test("a web application with Postroom inside counts and traces where the rest of it does, and ends on SIGTERM")
    func shop() async throws {
        try await Scene.with { scene in
            var shop = Program(name: "ExampleShop", arguments: [], environment: scene.environment)
            let yaml = TestFolder.read(scene.folder.file("postroom.yaml"))
            try scene.folder.write("shop: {greeting: [hello]}\n" + yaml, to: "shop.yaml")
            shop.environment["POSTROOM_CONFIG"] = scene.folder.file("shop.yaml")
            shop.environment["SHOP_PORT"] = "0"
            let output = try await RunningProgram.with(shop, in: scene.folder) { program in
                let hooks = try await port(in: { program.log.text }, /port=([0-9]+).*The receiver listens/)
                let pages = try await port(
                    in: { program.log.text },
                    /Server started and listening on 127.0.0.1:([0-9]+)/
                )
                try await scene.database.waitForWorkers()
                try await Sender(port: hooks).accept(keys: ["a", "b", "c"])
                try await scene.database.waitUntilDrained()
                #expect(try await Sender.get("/orders", port: pages).body == "3\n")
                #expect(try await Sender.get("/postroom/health/ready", port: pages).status == 200)
                #expect(!program.log.text.contains("The admin server listens"))
                #expect(try await program.stop() == .exited(0))
                return TestFolder.read(program.outputPath)
            }
            for series in ["attempts_total", "database_reachable", "intake_requests_total", "lost_total"] {
                #expect(output.contains("counted postroom_\(series)\n"), "\(output)")
            }
            for span in ["/orders", "receive hooks", "commit", "handle shop.orders"] {
                #expect(output.contains("traced \(span)"), "\(output)")
            }
            #expect(try await scene.database.count("SELECT count(*) FROM postroom.worker") == 0)
        }
    }

    @Test("a pool that a program opens before it receives is closed after the last attempt")
    func ledger() async throws {
        try await Scene.with { scene in
            var ledger = Program(name: "ExampleLedger", arguments: ["serve"], environment: scene.environment)
            ledger.environment["LEDGER_DATABASE"] = scene.database.connectionString + " application_name=ledger"
            try await RunningProgram.with(ledger, in: scene.folder) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(key: "a")
                try await eventually("nothing is booked") {
                    try await scene.database.count("SELECT count(*) FROM ledger") == 1
                }
                let lock = "DO $$ BEGIN LOCK TABLE ledger IN EXCLUSIVE MODE; PERFORM pg_sleep(2); END $$"
                async let locked = scene.database.query(lock)
                let waiting =
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ledger' AND wait_event_type = 'Lock'"
                try await eventually("the table is not locked") {
                    try await scene.database.count(
                        "SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = 'ledger'::regclass"
                    ) > 0
                }
                try await sender.accept(key: "b")
                try await eventually("no attempt waits") { try await scene.database.count(waiting) == 1 }
                #expect(try await program.stop() == .exited(0))
                _ = try await locked
            }
            #expect(try await scene.database.count("SELECT count(*) FROM ledger") == 2)
            #expect(try await scene.database.handledPairs().count == 2)
            #expect(
                try await scene.database.count(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ledger'"
                ) == 0
            )
            ledger.environment["LEDGER_DATABASE"] = "host=/nowhere"
            let failed = try await ledger.run(in: scene.folder)
            #expect(failed.status == .exited(1))
            #expect(failed.errors.contains("error: the program can't start: "), "\(failed.errors)")
        }
    }

    private func port(in text: () -> String, _ pattern: Regex<(Substring, Substring)>) async throws -> Int {
        try await eventually("no port is told") {
            text().firstMatch(of: pattern).flatMap { Int($0.1) }
        }
    }
}
