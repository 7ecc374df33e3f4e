import PostgresClient
package import PostroomCore

extension Inbox {
    /// Settles and claims in one commit.
    package func settle(
        _ settlement: Settlement,
        thenClaim request: ClaimRequest,
        for worker: WorkerID
    ) async throws(QueueError) -> (SettlementResult, [ClaimedBatch]) {
        let statements = SettlementStatements(settlement, of: worker)
        let claim = request.isNothing ? nil : claim(request, worker: worker)
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await turn(statements, claim)
        }
        report(rows.settled, of: settlement)
        let claimed = try await complete(FoundBatch.batches(of: rows.claimed))
        if let newest = claimed.last {
            cursors.note(newest.id)
        }
        if statements.owesAtOnce {
            wakeOthers()
        }
        return (SettlementResult(of: settlement, rows.settled, rows.retries), claimed)
    }

    private func claim(_ room: ClaimRequest, worker: WorkerID) -> BatchClaim {
        BatchClaim(
            worker: worker,
            cursor: cursors.start(),
            batches: Int32(clamping: room.batches),
            deliveries: Int32(clamping: room.deliveries),
            bytes: room.bytes
        )
    }

    /// Wakes who is concerned by what attempts enqueued.
    private func stored(_ row: FollowUpSettle.Row?) {
        if row?.stored ?? 0 > 0 {
            signals.work.send()
            wakeOthers()
        }
        if let dueIn = row?.nextDueIn {
            scheduled(dueIn: dueIn)
        }
    }

    /// Runs the statements that there are in one commit.
    private func turn(
        _ statements: SettlementStatements,
        _ claim: BatchClaim?
    ) async throws(PostgresError) -> (settled: [BatchSettle.Row], retries: [RetrySettle.Row], claimed: [BatchClaim.Row])
    {
        var turn = Turn()
        _ = try turn.add(statements.guarding)
        // It locks the directory, which whoever changes that locks before the keys of an order.
        let completed = try turn.add(statements.completions)
        _ = try turn.add(statements.locking)
        let batches = try turn.add(statements.batches)
        let retries = try turn.add(statements.retries)
        _ = try turn.add(statements.arranging)
        let claimed = try turn.add(claim)
        guard turn.count > 0 else { return ([], [], []) }
        let reply = try await dispatch.perform(turn.request)
        if let completed {
            stored(try reply.rows(of: FollowUpSettle.self, at: completed).first)
        }
        return (
            try batches.map { place throws(PostgresError) in try reply.rows(of: BatchSettle.self, at: place) } ?? [],
            try retries.map { place throws(PostgresError) in try reply.rows(of: RetrySettle.self, at: place) } ?? [],
            try claimed.map { place throws(PostgresError) in try reply.rows(of: BatchClaim.self, at: place) } ?? []
        )
    }
}

/// The statements of one commit, each at its place.
private struct Turn {
    private(set) var request = PostgresRequest()
    private(set) var count = 0

    /// Adds a statement, if there is one.
    ///
    /// - Returns: Its place in the request.
    mutating func add<S: Statement>(_ statement: S?) throws(PostgresError) -> Int? {
        guard let statement else { return nil }
        try request.add(statement)
        count += 1
        return count - 1
    }
}

extension ClaimRequest {
    /// True if it asks for nothing.
    fileprivate var isNothing: Bool {
        deliveries <= 0 || batches <= 0 || bytes <= 0
    }
}

extension SettlementResult {
    /// Compares the rows of the statements with the settlement.
    fileprivate init(of settlement: Settlement, _ settled: [BatchSettle.Row], _ ended: [RetrySettle.Row]) {
        let isStale = settled.first.map { $0.directoryVersion != settlement.directoryVersion } ?? false
        let batches = Set(settled.flatMap(\.settled))
        let retries = Set(ended.map { RetryKey(delivery: $0.deliveryID, handler: $0.handler) })
        self.init(
            directoryIsStale: isStale,
            lostBatches: isStale ? [] : settlement.batches.map(\.id).filter { !batches.contains($0) },
            lostRetries: settlement.retries.map(\.key).filter { !retries.contains($0) }
        )
    }
}
