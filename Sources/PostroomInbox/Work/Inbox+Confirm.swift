import PostgresClient
import PostroomCore

/// A row that a claim did not find proves nothing: rows move between partitions, and a plan can be older than the move.
/// A fresh statement looks again, in every partition; only what that does not find either is gone, which somebody is told.
extension Inbox {
    /// Completes claimed batches with the deliveries that their claim did not find.
    ///
    /// - Returns: The batches, in their order. One whose deliveries are all gone has none, and ends with its settlement.
    /// - Throws: ``QueueError``. The batches stay claimed, and come back like those of a lost reply.
    func complete(_ found: [FoundBatch]) async throws(QueueError) -> [ClaimedBatch] {
        guard found.contains(where: { $0.missing > 0 }) else { return found.map(\.batch) }
        var batches: [ClaimedBatch] = []
        for entry in found {
            batches.append(entry.missing > 0 ? try await completed(entry) : entry.batch)
        }
        return batches
    }

    private func completed(_ found: FoundBatch) async throws(QueueError) -> ClaimedBatch {
        let batch = found.batch.id
        let first = DeliveryID(batch: batch, ordinal: 0)
        let last = DeliveryID(batch: batch, ordinal: .max)
        let deliveries = try await find([DeliveryFind.Range(first: first, last: last)])
            .filter { $0.receivedAt == found.batch.receivedAt }
            .sorted { $0.id < $1.id }
        let gone = found.batch.deliveries.count + found.missing - deliveries.count
        if gone > 0 {
            losses.deliveriesAreGone(gone, of: batch)
        }
        return ClaimedBatch(
            id: batch,
            receivedAt: found.batch.receivedAt,
            deliveries: deliveries,
            deaths: found.batch.deaths
        )
    }

    /// Completes claimed pairs with the deliveries that their claim did not find, and ends those whose delivery is gone.
    ///
    /// - Returns: The pairs that can be run.
    /// - Throws: ``QueueError``. The pairs stay claimed, and come back like those of a lost reply.
    func complete(
        _ rows: [some ClaimedJobRow],
        for worker: WorkerID
    ) async throws(QueueError) -> [ClaimedRetry] {
        var claimed: [ClaimedRetry] = []
        var unfound: [any ClaimedJobRow] = []
        for row in rows {
            if let delivery = Delivery(row) {
                claimed.append(ClaimedRetry(row, delivery))
            } else {
                unfound.append(row)
            }
        }
        guard !unfound.isEmpty else { return claimed }
        let ids = Set(unfound.map(\.deliveryID))
        let deliveries = try await find(ids.map { DeliveryFind.Range(first: $0, last: $0) })
        var gone: [RetryKey] = []
        for row in unfound {
            let delivery = deliveries.first { $0.id == row.deliveryID && $0.receivedAt == row.receivedAt }
            if let delivery {
                claimed.append(ClaimedRetry(row, delivery))
            } else {
                gone.append(RetryKey(row))
            }
        }
        try await end(gone, of: worker)
        return claimed
    }

    private func end(_ gone: [RetryKey], of worker: WorkerID) async throws(QueueError) {
        guard !gone.isEmpty else { return }
        let statement = RetryEndGone(
            worker: worker,
            gone: gone.map { RetryEndGone.Gone(delivery: $0.delivery, handler: $0.handler) }
        )
        let ended = try await inQueueTerms { () async throws(PostgresError) in
            try await dispatch.execute(statement)
        }
        for row in ended {
            losses.deliveryIsGone(row.deliveryID, for: row.handler)
        }
    }

    private func find(_ ranges: [DeliveryFind.Range]) async throws(QueueError) -> [Delivery] {
        let find = DeliveryFind(ranges: ranges)
        return try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(find) }
            .map { Delivery($0) }
    }

    /// Tells of jobs that a settlement wanted to write and that were owed already.
    func report(_ settled: [BatchSettle.Row], of settlement: Settlement) {
        for row in settled {
            for (place, delivery) in row.conflictingDeliveries.enumerated() {
                losses.jobWasOwed(
                    delivery,
                    row.conflictingHandlers[place],
                    byAnotherDelivery: row.conflictsAreOthers[place]
                )
            }
        }
    }
}
