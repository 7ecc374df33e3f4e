import ProgramHarness
import Subprocess
import TestSupport
import Testing

@Suite("kill -9 in the middle of `migrate`", .timeLimit(.minutes(10)))
struct MigrationKillTests {
    @Test("leaves whole migrations; the next run ends what it began, and who waits for the schema serves then")
    func migrate() async throws {
        try await Scene.withFolder { folder in
            let scene = try Scene(folder: folder, database: try await TestServer.shared.makeEmptyDatabase())
            try await scene.serve(handlers: ["crm"]) { program in
                try await program.logged("waiting for the schema")
                let producer = Producer(port: try await program.receiverPort(isReady: false))
                // The eighth migration waits for the test's lock at its first view.
                try await scene.database.query(
                    """
                    CREATE FUNCTION public.wait_for_test() RETURNS event_trigger LANGUAGE plpgsql AS
                        'BEGIN PERFORM pg_advisory_xact_lock(4711); END'
                    """
                )
                try await scene.database.query(
                    """
                    CREATE EVENT TRIGGER wait_for_test ON ddl_command_start WHEN TAG IN ('CREATE VIEW')
                        EXECUTE FUNCTION public.wait_for_test()
                    """
                )
                try await scene.database.holding("SELECT pg_advisory_xact_lock(4711)") {
                    var migration = Program.postroom("migrate")
                    migration.environment = scene.environment
                    try await RunningProgram.with(migration, in: folder) { migrate in
                        try await eventually("the migration of the views does not wait") {
                            try await scene.database.count(
                                "SELECT count(*) FROM pg_stat_activity WHERE \(Self.itsSession) AND wait_event_type = 'Lock'"
                            ) == 1
                        }
                        try await migrate.crash()
                    }
                    try await eventually("its session does not end", within: .seconds(10)) {
                        try await scene.database.count("SELECT count(*) FROM pg_stat_activity WHERE \(Self.itsSession)")
                            == 0
                    }
                }
                #expect(try await scene.database.count("SELECT max(version) FROM postroom.migration") == 7)
                #expect(try await scene.database.count("SELECT count(*) FROM pg_views WHERE \(Self.isOurs)") == 0)
                #expect(try await scene.verb("migrate", "--check").status == .exited(1))
                #expect(await producer.sendOnce("early") == 503)

                let again = try await scene.verb("migrate")
                #expect(again.status == .exited(0), "\(again.errors)")
                #expect(try await scene.verb("migrate", "--check").status == .exited(0))
                try await scene.database.waitForWorkers()
                try await producer.send(["early", "late"])
                try await scene.database.waitUntilDrained()
                try await Invariants.check(scene, producer, handlers: ["crm"])
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    private static let itsSession = "datname = current_database() AND application_name = 'postroom migrate'"
    private static let isOurs = "schemaname = 'postroom'"
}
