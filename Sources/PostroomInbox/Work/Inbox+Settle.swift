import PostgresClient
public import PostroomCore

extension Inbox {
    /// Settles and claims, one commit for each shard.
    public func settle(
        _ settlement: Settlement,
        thenClaim request: ClaimRequest,
        for worker: WorkerID
    ) async throws(QueueError) -> (SettlementResult, [ClaimedBatch]) {
        let plan = SettlementPlan(settlement)
        var outcome = SettlementOutcome()
        var claimed: [ClaimedBatch] = []
        var room = request
        for shard in try shardsInTurn() {
            let claim = room.isNothing ? nil : claim(room, shard: shard, worker: worker)
            let batches = plan.batches[shard]?
                .statement(
                    shard: shard,
                    worker: worker,
                    directoryVersion: settlement.directoryVersion
                )
            let retries = plan.retries[shard]?.statement(shard: shard, worker: worker)
            let rows = try await inQueueTerms { () async throws(PostgresError) in
                try await turn(batches, retries, claim)
            }
            outcome.note(rows.settled, rows.retries, shard: shard)
            report(rows.settled, of: settlement, shard: shard)
            let found = try await complete(FoundBatch.batches(of: rows.claimed, shard: shard))
            if let newest = found.last {
                cursors.note(newest.key.id, shard: shard)
            }
            room.deliveries -= found.reduce(0) { $0 + $1.deliveries.count }
            room.batches -= found.count
            room.bytes -= found.reduce(0) { $0 + $1.size.bytes }
            claimed += found
        }
        if plan.owesAtOnce {
            wakeOthers()
        }
        return (outcome.result(of: settlement), claimed)
    }

    private func claim(_ room: ClaimRequest, shard: Int16, worker: WorkerID) -> BatchClaim {
        BatchClaim(
            shard: shard,
            worker: worker.rawValue,
            cursor: cursors.start(shard: shard),
            batches: Int32(clamping: room.batches),
            deliveries: Int32(clamping: room.deliveries),
            bytes: Int64(clamping: room.bytes)
        )
    }

    /// Runs what there is to run for one shard in one commit.
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

    /// Every shard, beginning with another one each time, so that none is served last for ever.
    private func shardsInTurn() throws(QueueError) -> [Int16] {
        let count = try shards
        guard count > 1 else { return [0] }
        return shards(from: cursors.nextTurn(of: count), of: count)
    }

    /// Every shard, in an order of its own for claims of retries.
    func shardsInRetryTurn() throws(QueueError) -> [Int16] {
        let count = try shards
        guard count > 1 else { return [0] }
        return shards(from: cursors.nextRetryTurn(of: count), of: count)
    }

    private func shards(from first: Int16, of count: Int16) -> [Int16] {
        (0..<count).map { (first + $0) % count }
    }
}

extension ClaimRequest {
    /// Whether it asks for nothing.
    fileprivate var isNothing: Bool {
        deliveries <= 0 || batches <= 0 || bytes <= 0
    }
}

/// A settlement divided by shard.
private struct SettlementPlan {
    var batches: [Int16: BatchSettleBuilder] = [:]
    var retries: [Int16: RetrySettleBuilder] = [:]

    init(_ settlement: Settlement) {
        for batch in settlement.batches {
            batches[batch.key.shard, default: BatchSettleBuilder()].append(batch)
        }
        for retry in settlement.retries {
            retries[retry.key.shard, default: RetrySettleBuilder()].append(retry)
        }
    }

    var owesAtOnce: Bool {
        batches.values.contains { $0.owesAtOnce } || retries.values.contains { $0.owesAtOnce }
    }
}

/// What the statements say was settled.
private struct SettlementOutcome {
    private var version: Int64?
    private var batches: Set<BatchKey> = []
    private var retries: Set<RetryKey> = []

    mutating func note(_ settled: [BatchSettle.Row], _ ended: [RetrySettle.Row], shard: Int16) {
        for row in settled {
            version = row.directoryVersion
            for id in row.settled {
                batches.insert(BatchKey(shard: shard, id: BatchID(rawValue: id)))
            }
        }
        for row in ended {
            let delivery = DeliveryID(rawValue: row.deliveryID)
            retries.insert(RetryKey(shard: shard, delivery: delivery, handler: HandlerName(rawValue: row.handler)))
        }
    }

    func result(of settlement: Settlement) -> SettlementResult {
        let isStale = version.map { $0 != settlement.directoryVersion } ?? false
        return SettlementResult(
            directoryIsStale: isStale,
            lostBatches: isStale ? [] : settlement.batches.map(\.key).filter { !batches.contains($0) },
            lostRetries: settlement.retries.map(\.key).filter { !retries.contains($0) }
        )
    }
}
