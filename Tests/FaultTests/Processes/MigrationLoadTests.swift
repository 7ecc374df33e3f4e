import ProgramHarness
import Subprocess
import Testing

@Suite("A migration while programs of two versions run", .timeLimit(.minutes(10)))
struct MigrationLoadTests {
    @Test("stops neither: nothing is refused, lost or run twice, and each pair runs where its handler is")
    func migrates() async throws {
        try await Scene.with { scene in
            // The newer version has a handler more.
            try await scene.serve(handlers: ["crm"]) { old in
                try await scene.serve(handlers: ["crm", "audit"]) { new in
                    try await scene.database.waitForWorkers(2)
                    let producer = Producer(port: try await old.receiverPort())
                    try await producer.send(named: "rolling") {
                        for _ in 1...3 {
                            let version = try await scene.database.count(Self.version)
                            for statement in Self.undoLastMigration {
                                try await scene.database.query(statement)
                            }
                            try await scene.database.query("DELETE FROM postroom.migration WHERE version = \(version)")
                            let ran = scene.journal.runs.count
                            let migration = try await scene.verb("migrate")
                            #expect(migration.status == .exited(0), "\(migration.errors)")
                            #expect(try await scene.database.count(Self.version) == version)
                            try await eventually("nothing runs any more", within: .seconds(10)) {
                                scene.journal.runs.count > ran + 50
                            }
                        }
                    }
                    try await scene.database.waitUntilDrained()
                    let newProcess = try await new.processID()
                    #expect(try await old.stop() == .exited(0))
                    #expect(try await new.stop() == .exited(0))
                    let elsewhere = scene.journal.runs.count { $0.pair.handler == "audit" && $0.process != newProcess }
                    #expect(elsewhere == 0)
                    #expect(Set(producer.ledger.answers.keys) == [200])
                    try await Invariants.check(scene, producer, handlers: ["crm", "audit"])
                    #expect(scene.journal.repeated == 0)
                }
            }
        }
    }

    private static let version = "SELECT max(version) FROM postroom.migration"

    /// Takes away what the last migration made, as if it had not been applied yet.
    private static let undoLastMigration = [
        "DROP TABLE postroom.server", "DROP FUNCTION postroom.join_servers",
    ]
}
