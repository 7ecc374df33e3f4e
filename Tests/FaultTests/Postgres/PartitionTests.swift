import ProgramHarness
import Subprocess
import Testing

@Suite("Partitions that are made, lost and moved", .timeLimit(.minutes(10)))
struct PartitionTests {
    @Test("under load end no job, whoever moves the rows")
    func underLoad() async throws {
        try await Scene.with { scene in
            let handlers = ["crm", "audit", "flaky"]
            let settings = [
                "TESTWORKER_BROKEN": "flaky", "TESTWORKER_ATTEMPTS": "2", "POSTROOM_RECEIVER_COMMIT_TIMEOUT": "2s",
            ]
            try await scene.serve(handlers: handlers, environment: settings) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                try await producer.send(named: "load", atOnce: 8) {
                    for _ in 1...6 {
                        let ran = scene.journal.runs.count
                        try await scene.database.losePartitions()
                        try await eventually("nothing runs") { scene.journal.runs.count > ran + 30 }
                        try await scene.database.makePartitions()
                    }
                }
                try await scene.database.waitUntilDrained()
                #expect(try await program.stop() == .exited(0))
                #expect(!program.log.text.contains("gone from the database"))
                try await Invariants.check(scene, producer, handlers: handlers) { _, handler in handler == "flaky" }
            }
        }
    }

    @Test("while a program starts on what came in without them, every delivery is handled")
    func atStart() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm"], role: "worker") { worker in
                try await scene.database.waitForWorkers()
                #expect(try await worker.stop() == .exited(0))
            }
            for round in 1...6 {
                try await scene.database.losePartitions()
                try await scene.database.query(
                    """
                    SELECT count(postroom.enqueue('hooks', 'invoice.paid', '{"type":"invoice.paid"}', '\(round)-' || n))
                    FROM generate_series(1, 300) AS n
                    """
                )
                try await scene.serve(handlers: ["crm"], role: "worker") { worker in
                    try await scene.database.waitUntilDrained()
                    #expect(try await worker.stop() == .exited(0))
                }
                #expect(Set(try await scene.database.handledPairs()).count == round * 300)
            }
        }
    }
}

extension Database {
    /// Takes every partition of the deliveries away, and leaves their rows to the default partition.
    fileprivate func losePartitions() async throws {
        try await query(
            """
            DO $$ DECLARE part text; BEGIN
                LOCK TABLE postroom.delivery IN ACCESS EXCLUSIVE MODE;
                FOR part IN SELECT p.part FROM postroom.time_partitions('delivery') p LOOP
                    EXECUTE format('ALTER TABLE postroom.delivery DETACH PARTITION postroom.%I', part);
                    EXECUTE format('INSERT INTO postroom.delivery SELECT * FROM postroom.%I', part);
                    EXECUTE format('DROP TABLE postroom.%I', part);
                END LOOP;
            END $$
            """
        )
    }

    /// Makes partitions as maintenance does, until there is nothing left to do.
    fileprivate func makePartitions() async throws {
        while try await query("SELECT string_agg(part, ' ') FROM postroom.make_partitions(2) AS part") != [[nil]] {}
    }
}
