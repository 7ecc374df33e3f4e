import ProgramHarness
import Subprocess
import Testing

@Suite("A migration while programs of two versions run", .timeLimit(.minutes(3)))
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
                        let newest = "SELECT max(version) FROM postroom.migration"
                        let version = try await scene.database.count(newest)
                        for _ in 1...3 {
                            try await scene.database.query(Self.dropLastMigration)
                            try await scene.database.query("DELETE FROM postroom.migration WHERE version = \(version)")
                            let ran = scene.journal.runs.count
                            let migration = try await scene.verb("migrate")
                            #expect(migration.status == .exited(0), "\(migration.errors)")
                            #expect(try await scene.database.count(newest) == version)
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

    /// Takes away what the last migration made, as if it had not been applied yet.
    private static let dropLastMigration = """
        DO $$ DECLARE made regprocedure; BEGIN
            FOR made IN
                SELECT oid FROM pg_proc WHERE pronamespace = 'postroom'::regnamespace AND proname IN (
                    'canary_results', 'owe_letters', 'owe_deliveries', 'handlers_wanting', 'wants_source', 'step_replay',
                    'delivery_state', 'look_at_deliveries', 'find_deliveries', 'count_deliveries', 'look_at_letters',
                    'matching_letters', 'discard_letters')
            LOOP
                EXECUTE format('DROP FUNCTION %s', made);
            END LOOP;
            ALTER TABLE postroom.replay DROP COLUMN looked, DROP COLUMN last_id, DROP COLUMN skipped_shard,
                DROP COLUMN skipped_id, DROP COLUMN held_handlers, DROP COLUMN proven_handlers;
        END $$
        """
}
