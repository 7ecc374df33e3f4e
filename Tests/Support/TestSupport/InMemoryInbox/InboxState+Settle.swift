import PostroomCore

extension InboxState {
    /// Settles what the worker still holds; what it lost changes nothing and is reported.
    mutating func settle(_ settlement: Settlement, by worker: WorkerID, at now: Timestamp) -> SettlementResult {
        let isStale = !settlement.batches.isEmpty && directory.isStale(settlement.directoryVersion)
        var lostBatches: [BatchKey] = []
        for batch in isStale ? [] : settlement.batches {
            guard let row = batches[batch.key], row.worker == worker else {
                lostBatches.append(batch.key)
                continue
            }
            batches[batch.key] = nil
            settle(batch, row, by: worker, at: now)
        }
        var lostRetries: [RetryKey] = []
        for retry in settlement.retries {
            guard let row = retries[retry.key], row.worker == worker, row.isNext(retry.outcome) else {
                lostRetries.append(retry.key)
                continue
            }
            retries[retry.key] = nil
            settle(row, retry.outcome, by: worker, at: now)
        }
        return SettlementResult(directoryIsStale: isStale, lostBatches: lostBatches, lostRetries: lostRetries)
    }

    private mutating func settle(
        _ settlement: BatchSettlement,
        _ row: BatchRow,
        by worker: WorkerID,
        at now: Timestamp
    ) {
        let batch = row.batch
        handled.append((batch.key, settlement.jobs))
        for pair in settlement.jobs {
            if case .handled = pair.outcome {
                continue
            }
            guard let delivery = batch.deliveries.first(where: { $0.id.ordinal == pair.ordinal }) else { continue }
            let key = RetryKey(shard: batch.key.shard, delivery: delivery.id, handler: pair.handler)
            let retry = RetryRow(key: key, delivery: delivery, dueAt: now, deaths: row.deaths)
            settle(retry, pair.outcome, by: worker, at: now)
        }
    }

    private mutating func settle(_ row: RetryRow, _ outcome: JobOutcome, by worker: WorkerID, at now: Timestamp) {
        var row = row
        switch outcome {
        case .handled:
            let pair = BatchSettlement.Job(
                ordinal: row.key.delivery.ordinal,
                handler: row.key.handler,
                outcome: outcome
            )
            handled.append((BatchKey(shard: row.key.shard, id: row.key.delivery.batch), [pair]))
        case .owed(let delay, let failure):
            if let failure {
                failures.append((row.key, failure))
                row.failedAttempts += 1
                row.deaths = 0
            }
            row.dueAt = now + delay
            row.worker = nil
            row.isMarked = false
            retries[row.key] = row
        case .running:
            row.worker = worker
            retries[row.key] = row
        case .dead(let reason, let failure):
            failures.append((row.key, failure))
            deadLetters[row.key] = DeadLetterRow(
                key: row.key,
                delivery: row.delivery,
                reason: reason,
                failedAttempts: row.failedAttempts + 1,
                error: failure.error
            )
        }
    }
}

extension RetryRow {
    /// Whether an outcome is that of the attempt which the row owes, and not of one that is settled already.
    fileprivate func isNext(_ outcome: JobOutcome) -> Bool {
        switch outcome {
        case .owed(_, failure: let failure?), .dead(_, let failure): failure.attempt == failedAttempts + 1
        case .owed, .handled, .running: true
        }
    }
}
