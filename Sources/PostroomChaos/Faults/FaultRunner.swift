import CLibrary
import PostroomCore
import PrivatePostgres

/// Makes the faults of a schedule, one after the other, and watches how long each takes to heal.
struct FaultRunner: Sendable {
    let settings: ChaosSettings
    let fleet: Fleet
    let servers: [ChaosServer]
    let records: FaultRecords
    let watch: RecoveryWatch
    let tell: @Sendable (String) -> Void

    /// The kinds that can be made here; deaths come three times in a round.
    var kinds: [FaultKind] {
        (FaultKind.allCases + [.kill, .kill, .freeze])
            .filter { kind in
                if kind.stopsServer {
                    return servers.allSatisfy { $0.server != nil }
                }
                return kind != .cut || servers.allSatisfy { $0.proxy != nil }
            }
    }

    /// The server that a fault hits.
    private func target(of fault: PlannedFault) -> ChaosServer {
        servers[Int(fault.choice >> 32) % servers.count]
    }

    /// Makes faults until that moment; the last one ends, and heals, before it returns.
    func run(until deadline: ContinuousClock.Instant) async throws {
        var schedule = FaultSchedule(seed: settings.seed, kinds: kinds, lease: settings.lease)
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled, let fault = schedule.next() {
                guard .now + fault.pause < deadline else { break }
                try await Task.sleep(for: fault.pause)
                tell("fault: \(fault.kind.rawValue)")
                records.change { $0.counts[fault.kind, default: 0] += 1 }
                try await make(fault)
                let ended = Timestamp.now
                if fault.waitsForRecovery {
                    await heal(fault.kind, since: ended)
                } else {
                    group.addTask { await heal(fault.kind, since: ended) }
                }
            }
        }
    }

    private func make(_ fault: PlannedFault) async throws {
        switch fault.kind {
        case .kill, .terminate, .hiccup, .freeze, .deploy: try await strikeNode(fault)
        case .restart, .crash, .outage: try await stopServer(fault)
        case .backends, .cut, .lock, .snapshot, .partitions: try await strikeConnections(fault)
        case .pause, .replay, .discard: try await administer(fault)
        }
    }

    private func heal(_ kind: FaultKind, since ended: Timestamp) async {
        let limit = kind.recoveryBound(lease: settings.lease) * settings.patience * 4
        let recovered = await watch.recovery(since: ended, atMost: limit)
        guard !Task.isCancelled else { return }
        records.change { $0.recoveries.append((kind, ended, recovered)) }
    }

    /// Remembers what a fault could not do.
    func trouble(_ fault: FaultKind, _ error: any Error) {
        records.change { $0.troubles.append("\(fault.rawValue): \(error)") }
    }
}

extension FaultRunner {
    /// Does what a person does: pauses a handler, replays dead letters, discards some.
    func administer(_ fault: PlannedFault) async throws {
        do {
            switch fault.kind {
            case .pause: try await pause(fault)
            case .replay: try await replay(in: target(of: fault).database)
            default: try await discard(in: target(of: fault).database)
            }
        } catch let failure as ChaosFailure {
            throw failure
        } catch {
            trouble(fault.kind, error)
        }
    }

    private func pause(_ fault: PlannedFault) async throws {
        let database = target(of: fault).database
        let handlers = ChaosHandlers.always(on: servers.count)
        let handler = handlers[Int(fault.choice % UInt64(handlers.count))]
        try await database.query("SELECT \(database.schema).pause_handler('\(handler)')")
        try? await Task.sleep(for: fault.length)
        try await database.insist("SELECT \(database.schema).resume_handler('\(handler)')")
    }

    /// Replays the exhausted letters twice at the same time: each must move once.
    private func replay(in database: Database) async throws {
        let letters = try await letters(of: ChaosHandlers.fragile, most: 200, in: database)
        guard !letters.isEmpty else { return }
        records.change { state in
            for letter in letters {
                state.replayed[letter.pair, default: 0] += 1
            }
        }
        let ids = letters.map { String($0.id) }.joined(separator: ",")
        let plan = "SELECT \(database.schema).replay_dead_letters(ids => ARRAY[\(ids)]::bigint[])"
        async let other = database.query(plan)
        _ = try await database.query(plan)
        _ = try await other
    }

    /// Discards letters of a handler whose letters nobody replays, so that it is known which.
    private func discard(in database: Database) async throws {
        let letters = try await letters(of: ChaosHandlers.refuses, most: 5, in: database)
        guard !letters.isEmpty else { return }
        let pairs = letters.map(\.pair)
        records.change { $0.perhapsDiscarded.formUnion(pairs) }
        let ids = letters.map { String($0.id) }.joined(separator: ",")
        let rows = try await database.query(
            "SELECT \(database.schema).discard_dead_letters(ids => ARRAY[\(ids)]::bigint[])"
        )
        guard rows.first?.first == String(letters.count) else { return }
        records.change { state in
            state.perhapsDiscarded.subtract(pairs)
            state.discarded.formUnion(pairs)
        }
    }

    private func letters(of handler: HandlerName, most: Int, in database: Database) async throws
        -> [(id: Int64, pair: Pair)]
    {
        try await database.query(
            "SELECT id, delivery_id FROM \(database.schema).dead_letter WHERE handler = '\(handler)' "
                + "ORDER BY id LIMIT \(most)"
        )
        .compactMap { row in
            guard let id = row[0].flatMap({ Int64($0) }), let delivery = row[1].flatMap({ Int64($0) }) else {
                return nil
            }
            return (id, Pair(delivery: DeliveryID(rawValue: delivery), handler: handler))
        }
    }
}

extension FaultRunner {
    /// Stops the server and starts it again.
    func stopServer(_ fault: PlannedFault) async throws {
        guard let server = target(of: fault).server else { return }
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
        let database = target(of: fault).database
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
                try await losePartitions(fault, in: database)
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
    private func losePartitions(_ fault: PlannedFault, in database: Database) async throws {
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
        guard let proxy = target(of: fault).proxy else { return }
        var generator = SeededGenerator(seed: fault.choice)
        switch generator.next() % 5 {
        case 0:
            proxy.dropAll()
        case 1:
            proxy.freeze()
            try? await Task.sleep(for: fault.length * 2)
            proxy.thaw()
        default:
            let statements = [
                "delivery_store", "batch_settle", "retry_settle", "batch_claim", "due_claim", "ordered_claim",
                "finish(",
            ]
            for _ in 0..<8 {
                let moment: Cut.Moment = generator.once(in: 4) ? .beforeCommit : .afterCommit
                let index = Int.random(in: statements.indices, using: &generator)
                proxy.arm(Cut(moment, statement: statements[index]))
            }
            try? await Task.sleep(for: fault.length)
            proxy.disarm()
        }
    }
}

extension FaultRunner {
    /// The time that a node may take to end after SIGTERM: its two graces and some.
    static let endingLimit = Duration.seconds(25)

    /// Does something to one node, or to all of them in turn.
    func strikeNode(_ fault: PlannedFault) async throws {
        let node = fleet.nodes[Int(fault.choice % UInt64(fleet.nodes.count))]
        let from = Timestamp.now
        switch fault.kind {
        case .kill:
            guard let life = await node.crash() else { return }
            records.interrupted(.kill, life, from: from, held: await heldPairs(of: node, life))
        case .terminate:
            if let life = await node.terminate(within: Self.endingLimit * settings.patience) {
                records.interrupted(.terminate, life, from: from)
            }
        case .hiccup, .freeze:
            guard let life = node.send(SIGSTOP) else { return }
            if fault.kind == .freeze, node.role != .receiver, fault.choice / 4 % 2 == 0 {
                await takeOver(from: node, life, atMost: fault.length * 2)
                // It goes on while others have just begun what it held: the two are at it together.
                try? await Task.sleep(for: .milliseconds(Int(fault.choice / 8 % 300)))
            } else {
                try? await Task.sleep(for: fault.length)
            }
            node.send(SIGCONT)
            records.interrupted(fault.kind, life, from: from)
        default:
            try await deploy()
        }
    }

    /// Replaces every node by a newer program, one after the other, so that old and new ones work side by side: each waits
    /// until the one before does its work again, and a little longer.
    private func deploy() async throws {
        // Every generation is a handler more; a run that goes on for hours needs no hundred of them.
        let newest = fleet.nodes.map(\.state.current.generation).max() ?? 1
        let generation = min(newest + 1, 4)
        for node in fleet.nodes {
            node.state.update { $0.generation = generation }
            let from = Timestamp.now
            guard let life = await node.terminate(within: Self.endingLimit * settings.patience) else { continue }
            records.interrupted(.deploy, life, from: from)
            await waitUntilUp(node, after: life, atMost: .seconds(10))
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Waits until a node's next life receives, or has registered its worker.
    private func waitUntilUp(_ node: Node, after life: LifeID, atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        guard node.role != .receiver else {
            _ = await node.state.wait(atMost: limit) { $0.life > life.life && $0.port != nil }
            return
        }
        while !Task.isCancelled, .now < deadline {
            let state = node.state.current
            if state.life > life.life, let processID = state.processID {
                if await workers(of: processID)?.allSatisfy({ $0 > 0 }) == true {
                    return
                }
            }
            // The database tells nobody who registers.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until others have taken a frozen worker for dead.
    private func takeOver(from node: Node, _ life: LifeID, atMost limit: Duration) async {
        let processID = node.state.current.lives[life.life - 1].processID
        let deadline = ContinuousClock.now + limit
        while !Task.isCancelled, .now < deadline {
            if await workers(of: processID)?.allSatisfy({ $0 == 0 }) == true {
                return
            }
            // The database tells nobody who was taken for dead.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Returns the number of pairs that the database holds for a process that is gone.
    private func heldPairs(of node: Node, _ life: LifeID) async -> Int? {
        let processID = node.state.current.lives[life.life - 1].processID
        return await servers.numbers { database in
            let schema = database.schema
            return """
                WITH dead AS (SELECT id FROM \(schema).worker WHERE label LIKE '%:\(processID)')
                SELECT (SELECT coalesce(sum(delivery_count), 0) FROM \(schema).batch WHERE worker IN (SELECT id FROM dead))
                       * (SELECT count(*) FROM \(schema).handler WHERE removed_at IS NULL)
                       + (SELECT count(*) FROM \(schema).retry WHERE worker IN (SELECT id FROM dead))
                """
        }?
        .reduce(0, +)
    }

    /// The numbers of workers that a process has on each server; `nil` where one is away.
    private func workers(of processID: Int32) async -> [Int]? {
        await servers.numbers { "SELECT count(*) FROM \($0.schema).worker WHERE label LIKE '%:\(processID)'" }
    }
}
