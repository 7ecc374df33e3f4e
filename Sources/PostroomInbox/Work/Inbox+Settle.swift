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
            try await turn(statements.batches, statements.retries, claim)
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

    /// Runs the statements that there are in one commit.
    private func turn(
        _ batches: BatchSettle?,
        _ retries: RetrySettle?,
        _ claim: BatchClaim?
    ) async throws(PostgresError) -> (settled: [BatchSettle.Row], retries: [RetrySettle.Row], claimed: [BatchClaim.Row])
    {
        switch (batches, retries, claim) {
        case (nil, nil, nil):
            return ([], [], [])
        case (let batches?, nil, nil):
            return (try await dispatch.execute(batches), [], [])
        case (nil, let retries?, nil):
            return ([], try await dispatch.execute(retries), [])
        case (nil, nil, let claim?):
            return ([], [], try await dispatch.execute(claim))
        case (let batches?, let retries?, nil):
            let rows = try await dispatch.execute(batches, retries)
            return (rows.0, rows.1, [])
        case (let batches?, nil, let claim?):
            let rows = try await dispatch.execute(batches, claim)
            return (rows.0, [], rows.1)
        case (nil, let retries?, let claim?):
            let rows = try await dispatch.execute(retries, claim)
            return ([], rows.0, rows.1)
        case (let batches?, let retries?, let claim?):
            let rows = try await dispatch.transaction(batches, retries, claim)
            return (rows.0, rows.1, rows.2)
        }
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
