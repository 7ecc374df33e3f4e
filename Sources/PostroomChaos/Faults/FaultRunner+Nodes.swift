import PostroomCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension FaultRunner {
    /// How long a node may take to end after SIGTERM: its two graces and some.
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
                let rows = try? await database.query(
                    "SELECT count(*) FROM \(database.schema).worker WHERE label LIKE '%:\(processID)'"
                )
                if rows?.first?.first != "0", rows != nil {
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
            let rows = try? await database.query(
                "SELECT count(*) FROM \(database.schema).worker WHERE label LIKE '%:\(processID)'"
            )
            if rows?.first?.first == "0" {
                return
            }
            // The database tells nobody who was taken for dead.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// How many pairs the database holds for a process that is gone.
    private func heldPairs(of node: Node, _ life: LifeID) async -> Int? {
        let processID = node.state.current.lives[life.life - 1].processID
        let schema = database.schema
        let rows = try? await database.query(
            """
            WITH dead AS (SELECT id FROM \(schema).worker WHERE label LIKE '%:\(processID)')
            SELECT (SELECT coalesce(sum(delivery_count), 0) FROM \(schema).batch WHERE worker IN (SELECT id FROM dead))
                   * (SELECT count(*) FROM \(schema).handler WHERE removed_at IS NULL)
                   + (SELECT count(*) FROM \(schema).retry WHERE worker IN (SELECT id FROM dead))
            """
        )
        return rows?.first?.first.flatMap(\.self).flatMap { Int($0) }
    }
}
