import PostroomCore
import PrivatePostgres

extension FaultRunner {
    /// Stops the server and starts it again.
    func stopServer(_ fault: PlannedFault) async throws {
        guard let server else { return }
        let from = Timestamp.now
        switch fault.kind {
        case .restart: try await server.restart(.fast)
        case .crash: try await server.restart(.immediate)
        default:
            await server.shutDown(fault.choice % 2 == 0 ? .fast : .immediate)
            try? await Task.sleep(for: fault.length)
            try await server.restart()
        }
        records.interrupted(fault.kind, from: from)
    }

    /// Does something to the connections, or to what they want.
    func strikeConnections(_ fault: PlannedFault) async throws {
        let from = Timestamp.now
        do {
            switch fault.kind {
            case .backends:
                try await database.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(database.isOurs) "
                        + "AND pid % 3 <> \(fault.choice % 3)"
                )
            case .cut:
                await cut(fault)
            case .lock:
                try await database.script(
                    """
                    BEGIN;
                    LOCK TABLE \(database.schema).batch IN ACCESS EXCLUSIVE MODE;
                    SELECT pg_sleep(\(fault.length.seconds));
                    COMMIT
                    """
                )
            case .partitions:
                try await losePartitions(fault)
            default:
                try await database.script(
                    """
                    BEGIN ISOLATION LEVEL REPEATABLE READ;
                    SELECT count(*) FROM \(database.schema).batch;
                    SELECT pg_sleep(\(fault.length.seconds));
                    COMMIT
                    """
                )
            }
        } catch {
            trouble(fault.kind, error)
        }
        if fault.kind != .snapshot {
            records.interrupted(fault.kind, from: from)
        }
    }

    /// Leaves every delivery to the default partition, and makes the partitions again as maintenance does.
    private func losePartitions(_ fault: PlannedFault) async throws {
        let schema = database.schema
        try await database.query(
            """
            DO $$ DECLARE lost text; BEGIN
                LOCK TABLE \(schema).delivery IN ACCESS EXCLUSIVE MODE;
                FOR lost IN SELECT part FROM \(schema).time_partitions('delivery') LOOP
                    EXECUTE format('ALTER TABLE \(schema).delivery DETACH PARTITION \(schema).%I', lost);
                    EXECUTE format('INSERT INTO \(schema).delivery SELECT * FROM \(schema).%I', lost);
                    EXECUTE format('DROP TABLE \(schema).%I', lost);
                END LOOP;
            END $$
            """
        )
        try? await Task.sleep(for: fault.length)
        let step = "SELECT string_agg(part, ' ') FROM \(schema).make_partitions(2) AS part"
        while try await database.insist(step) != [[nil]] {}
    }

    /// Cuts connections after their commits, or loses all of them, or what they carry.
    private func cut(_ fault: PlannedFault) async {
        guard let proxy else { return }
        var generator = SeededGenerator(seed: fault.choice)
        switch generator.next() % 5 {
        case 0:
            proxy.dropAll()
        case 1:
            proxy.freeze()
            try? await Task.sleep(for: fault.length * 2)
            proxy.thaw()
        default:
            let statements = ["delivery_store", "batch_settle", "retry_settle", "batch_claim", "due_claim"]
            for _ in 0..<6 {
                let moment: Cut.Moment = generator.once(in: 4) ? .beforeCommit : .afterCommit
                let index = Int.random(in: statements.indices, using: &generator)
                proxy.arm(Cut(moment, statement: statements[index]))
            }
            try? await Task.sleep(for: fault.length)
            proxy.disarm()
        }
    }
}
