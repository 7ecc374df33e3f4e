import PostroomCore

/// Collects the evidence of a run that is over.
struct EvidenceReader: Sendable {
    let servers: [ChaosServer]
    let files: RunFiles
    let fleet: Fleet
    let records: FaultRecords
    let lease: Duration

    /// Reads tables, journals and logs.
    func read() async throws -> Evidence {
        var evidence = Evidence()
        evidence.stored = try await stored()
        evidence.handlers = try await handlers()
        evidence.handled = try await rows(
            { "SELECT delivery_id, handler, worker, \(SQLMoment.number("settled_at")) FROM \($0).handled_run" }
        ) { row in
            HandledRow(
                pair: row.pair,
                worker: WorkerID(rawValue: row.number(2)),
                settledAt: Timestamp(rawValue: row.number(3))
            )
        }
        evidence.failures = try await rows(
            {
                """
                SELECT delivery_id, handler, attempt, worker, \(SQLMoment.number("failed_at")),
                       error = 'the process died while this attempt ran'
                FROM \($0).failed_attempt
                """
            }
        ) { row in
            FailureRow(
                pair: row.pair,
                attempt: Int(row.number(2)),
                worker: WorkerID(rawValue: row.number(3)),
                failedAt: Timestamp(rawValue: row.number(4)),
                isStrike: row.text(5) == "t"
            )
        }
        evidence.letters = try await rows(
            {
                """
                SELECT delivery_id, handler, reason, failed_attempts, encode(sha256(body), 'hex')
                FROM \($0).dead_letter
                """
            }
        ) { row in
            LetterRow(
                pair: row.pair,
                reason: row.text(2),
                failedAttempts: Int(row.number(3)),
                digest: row.text(4)
            )
        }
        evidence.effects = Set(try await rows({ "SELECT delivery_id, handler FROM \($0).chaos_effect" }, \.pair))
        evidence.exactEffects = try await rows(
            { "SELECT delivery_id, handler FROM \($0).chaos_exact_effect ORDER BY id" },
            \.pair
        )
        evidence.turnNotes = try await turnNotes()
        evidence.superseded = Set(try await rows({ "SELECT delivery_id, handler FROM \($0).superseded" }, \.pair))
        for (id, life) in fleet.lives where life.end == .trapped {
            let ended = life.ended ?? .now
            records.interrupted(.kill, id, from: ended, to: ended)
        }
        let records = records.all
        evidence.lease = lease
        evidence.interruptions = records.interruptions
        addNodes(to: &evidence)
        evidence.replayed = records.replayed
        evidence.discarded = records.discarded
        evidence.perhapsDiscarded = records.perhapsDiscarded
        return evidence
    }

    private func turnNotes() async throws -> [TurnNote] {
        try await rows(
            {
                """
                SELECT delivery_id, handler, run, attempt, process, is_end, \(SQLMoment.number("noted_at"))
                FROM \($0).chaos_turn
                """
            }
        ) { row in
            TurnNote(
                run: row.number(2),
                pair: row.pair,
                attempt: Int(row.number(3)),
                processID: Int32(row.number(4)),
                isEnd: row.text(5) == "t",
                at: Timestamp(rawValue: row.number(6))
            )
        }
    }

    private func stored() async throws -> [DeliveryID: StoredDelivery] {
        let rows = try await rows(
            {
                """
                SELECT id, endpoint, source, event_type, \(SQLMoment.number("received_at")),
                       encode(sha256(body), 'hex'),
                       substring(convert_from(headers, 'LATIN1') FROM '\(DeliveryMaker.markHeader): ([^\\n]*)')
                FROM \($0).delivery
                """
            }
        ) { row in
            (
                DeliveryID(rawValue: row.number(0)),
                StoredDelivery(
                    endpoint: row.text(1),
                    source: Source(rawValue: row.text(2)),
                    eventType: row.values[3],
                    receivedAt: Timestamp(rawValue: row.number(4)),
                    digest: row.text(5),
                    mark: row.values[6],
                    server: row.server
                )
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    private func handlers() async throws -> [KnownHandler] {
        try await rows(
            {
                """
                SELECT name, array_to_string(patterns, ' '), \(SQLMoment.number("recorded_at")),
                       \(SQLMoment.number("seen_at")), after_batch
                FROM \($0).handler WHERE removed_at IS NULL
                """
            }
        ) { row in
            KnownHandler(
                name: HandlerName(rawValue: row.text(0)),
                patterns: row.text(1).split(separator: " ").compactMap { EventPattern(description: String($0)) },
                recordedAt: Timestamp(rawValue: row.number(2)),
                announcedAt: Timestamp(rawValue: row.number(3)),
                afterBatch: row.values[4].flatMap { Int64($0) }.map(BatchID.init(rawValue:)),
                server: row.server
            )
        }
    }

    /// Adds what journals and logs say.
    private func addNodes(to evidence: inout Evidence) {
        evidence.lives = fleet.lives
        var drops: [(life: LifeID, worker: WorkerID?, at: Timestamp)] = []
        let secrets = LeakedForms.all(of: ChaosEndpoint.all.map(\.secret) + [DeliveryMaker.confidential])
        for id in evidence.lives.keys.sorted() {
            evidence.runs += JournalReader.runs(in: files.text(files.journal(of: id)), of: id)
            let text = files.text(files.log(of: id))
            let log = NodeLog(text: text)
            evidence.lives[id]?.workers = log.workers
            evidence.lateSettlements += log.lateSettlements
            evidence.losses[id] = log.drops
            // A worker that could not be heard for a lease was interrupted as by a freeze; whether it should have been
            // heard is another question.
            evidence.interruptions += log.drops.map { drop in
                Interruption(kind: .freeze, life: id, from: drop.at - lease * 3, to: drop.at, isInferred: true)
            }
            drops += log.drops.map { (id, $0.worker, $0.at) }
            evidence.rescues.merge(log.rescued, uniquingKeysWith: min)
            if let form = LeakedForms.first(of: secrets, in: text) {
                evidence.leaks.append("the log of \(id), as \(form)")
            }
        }
        // Where a log tells of the rescue, its moment counts: who was cut off may learn of it only much later.
        evidence.drops = drops.filter { drop in drop.worker.map { evidence.rescues[$0] == nil } ?? true }
            .map { ($0.life, $0.at) }
    }

    /// Reads the rows of a query of all servers, which is made for each one's schema.
    private func rows<Value>(_ sql: (String) -> String, _ read: (Row) -> Value) async throws -> [Value] {
        var found: [Value] = []
        for (number, server) in servers.enumerated() {
            found += try await server.database.insist(sql(server.database.schema))
                .map { read(Row(values: $0, server: number)) }
        }
        return found
    }

    /// A row in text form, whose columns are known to be there.
    private struct Row {
        let values: [String?]
        /// The number of the server that has it.
        let server: Int

        func text(_ column: Int) -> String {
            values[column] ?? ""
        }

        func number(_ column: Int) -> Int64 {
            Int64(text(column)) ?? 0
        }

        var pair: Pair {
            Pair(delivery: DeliveryID(rawValue: number(0)), handler: HandlerName(rawValue: text(1)))
        }
    }
}
