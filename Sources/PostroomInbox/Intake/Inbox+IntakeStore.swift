import PostgresClient
package import PostroomCore

extension Inbox: IntakeStore {
    /// Commits requests together as one batch.
    ///
    /// Other processes are woken afterwards where the batches are there to be claimed.
    package func store(
        _ deliveries: [IncomingDelivery],
        claimedBy worker: WorkerID?
    ) async throws(QueueError) -> IntakeResult {
        try requireSchema()
        var receipts = [IntakeReceipt?](repeating: nil, count: deliveries.count)
        var batches: [ClaimedBatch] = []
        var open = Array(deliveries.indices)
        // A second round is needed only where another commit made the same keys meanwhile and they have expired since.
        for round in 0..<3 where !open.isEmpty {
            let statement = DeliveryStore(open.lazy.map { deliveries[$0] }, claimedBy: round == 0 ? worker : nil)
            let rows = try await inQueueTerms { () async throws(PostgresError) in
                try await intake.execute(statement)
            }
            let stored = StoredRequests(rows, of: deliveries, at: open, receipts: &receipts)
            if let batch = stored.batch {
                batches.append(batch)
            }
            open = try await find(stored.unanswered, of: deliveries, receipts: &receipts)
        }
        let complete = receipts.compactMap(\.self)
        guard complete.count == deliveries.count else {
            throw QueueError(kind: .unavailable, description: "a key was taken and expired three times in a row")
        }
        for (delivery, receipt) in zip(deliveries, complete) where receipt.isDuplicate {
            duplicates.note(delivery, of: receipt.id)
        }
        if worker == nil, !batches.isEmpty {
            wakeOthers()
        }
        return IntakeResult(receipts: complete, batches: batches)
    }

    /// Answers requests whose keys a concurrent commit took.
    ///
    /// - Returns: Those whose key has expired since, to be stored again.
    private func find(
        _ indices: [Int],
        of deliveries: [IncomingDelivery],
        receipts: inout [IntakeReceipt?]
    ) async throws(QueueError) -> [Int] {
        var missing: [Int] = []
        for index in indices {
            let find = KeyFind(keyHashes: [KeyHash(of: deliveries[index])])
            let found = try await inQueueTerms { () async throws(PostgresError) in try await intake.execute(find) }
            if let row = found.first {
                receipts[index] = IntakeReceipt(id: row.deliveryID, isDuplicate: true)
            } else {
                missing.append(index)
            }
        }
        return missing
    }
}
