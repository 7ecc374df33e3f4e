import PostroomCore

extension DeliveryStore {
    /// Stores requests.
    init(_ requests: some Collection<IncomingDelivery>, claimedBy worker: WorkerID?) {
        self.init(
            worker: worker,
            requests: requests.map(Request.init),
            byteCount: requests.reduce(0) { $0 + WorkSize(of: $1).bytes }
        )
    }
}

extension DeliveryStore.Request {
    fileprivate init(_ delivery: IncomingDelivery) {
        self.init(
            keyHash: KeyHash(of: delivery),
            endpoint: delivery.endpoint,
            source: delivery.source,
            eventType: delivery.identity.eventType,
            key: delivery.identity.idempotencyKey,
            headers: delivery.headers,
            body: delivery.body
        )
    }
}

/// The result of storing requests.
struct StoredRequests {
    /// The batch that was made, unless every request was a duplicate.
    private(set) var batch: ClaimedBatch?
    /// The requests whose keys a concurrent commit took.
    private(set) var unanswered: [Int] = []

    /// Reads the rows of the statement.
    ///
    /// - Parameters:
    ///   - rows: The rows, one for each request.
    ///   - deliveries: All requests.
    ///   - indices: The places of the stored ones among them, in the order of the statement.
    ///   - receipts: The receipts of all requests, to which those of the stored ones are written.
    init(
        _ rows: [DeliveryStore.Row],
        of deliveries: [IncomingDelivery],
        at indices: [Int],
        receipts: inout [IntakeReceipt?]
    ) {
        guard let first = rows.first else { return }
        var stored: [Delivery] = []
        stored.reserveCapacity(rows.count)
        for row in rows {
            let index = indices[Int(row.ordinal)]
            guard let found = row.deliveryID else {
                unanswered.append(index)
                continue
            }
            let id = DeliveryID(batch: first.batchID, ordinal: UInt8(truncatingIfNeeded: row.ordinal))
            receipts[index] = IntakeReceipt(id: found, isDuplicate: found != id)
            if found == id {
                stored.append(Delivery(deliveries[index], id: id, receivedAt: first.receivedAt))
            }
        }
        guard !stored.isEmpty else { return }
        batch = ClaimedBatch(id: first.batchID, receivedAt: first.receivedAt, deliveries: stored)
    }
}

extension Delivery {
    /// A request that was committed.
    fileprivate init(_ incoming: IncomingDelivery, id: DeliveryID, receivedAt: Timestamp) {
        self.init(
            id: id,
            endpoint: incoming.endpoint,
            source: incoming.source,
            eventType: incoming.identity.eventType,
            idempotencyKey: incoming.identity.idempotencyKey,
            receivedAt: receivedAt,
            headers: incoming.headers,
            body: incoming.body
        )
    }
}
