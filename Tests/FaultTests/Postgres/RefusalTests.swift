import Glibc
import ProgramHarness
import Subprocess
import Testing

@Suite("A Postgres that refuses", .timeLimit(.minutes(10)))
struct RefusalTests {
    /// The codes that a server in trouble answers with, each raised by a real server in the middle of the statement.
    static let states = [
        "40001", "40P01", "53100", "53200", "53300", "53400", "55P03", "57014", "57P01", "57P03", "58030", "25006",
    ]

    @Test("is answered 503 with Retry-After, never 4xx, whatever its reason, and 200 as soon as it takes again")
    func everyReason() async throws {
        try await Scene.with { scene in
            try await scene.database.query(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    RAISE EXCEPTION 'refused' USING ERRCODE = TG_ARGV[0]; END $$
                """
            )
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                for state in Self.states {
                    try await scene.database.query(
                        """
                        CREATE TRIGGER refuse BEFORE INSERT ON postroom.idempotency_key
                        FOR EACH ROW EXECUTE FUNCTION refuse('\(state)')
                        """
                    )
                    for number in 1...3 {
                        #expect(await producer.sendOnce("\(state)-\(number)") == 503, "\(state)")
                    }
                    try await scene.database.query("DROP TRIGGER refuse ON postroom.idempotency_key")
                    try await producer.send((1...3).map { "\(state)-\($0)" }, within: .seconds(5))
                }
                try await scene.database.waitUntilDrained()
                try await Invariants.check(scene, producer, handlers: ["crm"])
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    @Test(
        "settlements that it refuses now and then are sent again, and nothing is lost or run twice",
        arguments: ["40001", "40P01", "57014", "55P03"]
    )
    func settlements(state: String) async throws {
        try await Scene.with { scene in
            try await scene.database.query(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF random() < 0.3 THEN RAISE EXCEPTION 'refused' USING ERRCODE = '\(state)'; END IF;
                    RETURN NULL; END $$
                """
            )
            for table in ["batch", "retry"] {
                try await scene.database.query(
                    "CREATE TRIGGER refuse BEFORE DELETE ON postroom.\(table) FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
                )
            }
            let environment = [
                "TESTWORKER_BROKEN": "audit", "TESTWORKER_ATTEMPTS": "2", "POSTROOM_WORKER_LEASE": "30s",
            ]
            try await scene.serve(handlers: ["crm", "audit"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send((1...60).map { "refused-\($0)" }, atOnce: 6)
                try await scene.database.waitUntilDrained()
                try await Invariants.check(scene, producer, handlers: ["crm", "audit"]) { $1 == "audit" }
                #expect(scene.journal.repeated == 0)
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    /// A change to a server of one's own, with its undoing.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let begin: String
        let end: String
    }

    static let troubles = [
        Trouble(
            testDescription: "read-only",
            begin: "ALTER SYSTEM SET default_transaction_read_only = on",
            end: "ALTER SYSTEM RESET default_transaction_read_only"
        )
    ]

    @Test("is waited for by all, and all flows again within five seconds", arguments: troubles)
    func whole(trouble: Trouble) async throws {
        try await OwnServer.with { server in
            let scene = try await server.scene()
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send((1...50).map { "before-\($0)" })
                try await scene.database.query(trouble.begin)
                try await scene.database.query("SELECT pg_reload_conf()")
                try await eventually("it is not refused") { await producer.sendOnce("noticed-\(getpid())") == 503 }
                for number in 1...5 {
                    #expect(await producer.sendOnce("during-\(number)") == 503)
                }
                try await scene.database.query(trouble.end)
                try await scene.database.query("SELECT pg_reload_conf()")
                let keys = ["noticed-\(getpid())"] + (1...5).map { "during-\($0)" } + (1...50).map { "after-\($0)" }
                let start = ContinuousClock.now
                try await producer.send(keys, within: .seconds(5))
                try await scene.database.waitUntilDrained()
                let took: Duration = ContinuousClock.now - start
                #expect(took < .seconds(8))
                try await Invariants.check(scene, producer, handlers: ["crm"])
                #expect(try await program.stop() == .exited(0))
            }
        }
    }
}
