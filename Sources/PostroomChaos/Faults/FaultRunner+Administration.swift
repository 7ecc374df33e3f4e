import PostroomCore

extension FaultRunner {
    /// Does what a person does: pauses a handler, replays dead letters, discards some.
    func administer(_ fault: PlannedFault) async throws {
        do {
            switch fault.kind {
            case .pause: try await pause(fault)
            case .replay: try await replay()
            default: try await discard()
            }
        } catch let failure as ChaosFailure {
            throw failure
        } catch {
            trouble(fault.kind, error)
        }
    }

    private func pause(_ fault: PlannedFault) async throws {
        let handlers = ChaosHandlers.always
        let handler = handlers[Int(fault.choice % UInt64(handlers.count))]
        try await database.query("SELECT \(database.schema).pause_handler('\(handler)')")
        try? await Task.sleep(for: fault.length)
        try await database.insist("SELECT \(database.schema).resume_handler('\(handler)')")
    }

    /// Replays the exhausted letters twice at the same time: each must move once.
    private func replay() async throws {
        let letters = try await letters(of: ChaosHandlers.fragile, most: 200)
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
    private func discard() async throws {
        let letters = try await letters(of: ChaosHandlers.refuses, most: 5)
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

    private func letters(of handler: HandlerName, most: Int) async throws -> [(id: Int64, pair: Pair)] {
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
