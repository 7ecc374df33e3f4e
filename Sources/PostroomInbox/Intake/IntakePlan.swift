import PostroomCore

/// The requests of one commit, as the columns that the statement takes.
struct IntakePlan {
    /// The places of the requests among all that are to be stored.
    private let indices: [Int]
    private var keyHashes: [UInt128] = []
    private var endpoints: [String] = []
    private var sources: [String] = []
    private var eventTypes: [String?] = []
    private var keys: [String] = []
    private var headers: [[UInt8]] = []
    private var bodies: [[UInt8]] = []
    private var byteCount = 0

    init(_ deliveries: [IncomingDelivery], indices: [Int]) {
        self.indices = indices
        for index in indices {
            append(deliveries[index])
        }
    }

    private mutating func append(_ delivery: IncomingDelivery) {
        keyHashes.append(delivery.keyHash.value)
        endpoints.append(delivery.endpoint.rawValue)
        sources.append(delivery.source.rawValue)
        eventTypes.append(delivery.identity.eventType)
        keys.append(delivery.identity.idempotencyKey)
        headers.append(delivery.headers.wire)
        bodies.append(delivery.body)
        byteCount += WorkSize(of: delivery).bytes
    }

    func statement(claimedBy worker: WorkerID?) -> DeliveryStore {
        DeliveryStore(
            worker: worker?.rawValue,
            keyHashes: keyHashes,
            endpoints: endpoints,
            sources: sources,
            eventTypes: eventTypes,
            keys: keys,
            headers: headers,
            bodies: bodies,
            byteCount: Int64(byteCount)
        )
    }

    /// Reads the rows of the statement: a receipt for each request, and the batch unless everything was a duplicate.
    func read(
        _ rows: [DeliveryStore.Row],
        of deliveries: [IncomingDelivery],
        receipts: inout [IntakeReceipt?],
        unanswered: inout [Int]
    ) -> ClaimedBatch? {
        guard let first = rows.first else { return nil }
        let batch = BatchID(rawValue: first.batchID)
        let receivedAt = Timestamp(rawValue: first.receivedAt)
        var stored: [Delivery] = []
        stored.reserveCapacity(rows.count)
        for row in rows {
            let index = indices[Int(row.ordinal)]
            guard let found = row.deliveryID.map(DeliveryID.init(rawValue:)) else {
                unanswered.append(index)
                continue
            }
            let id = DeliveryID(batch: batch, ordinal: UInt8(truncatingIfNeeded: row.ordinal))
            receipts[index] = IntakeReceipt(id: found, isDuplicate: found != id)
            if found == id {
                stored.append(Delivery(deliveries[index], id: id, receivedAt: receivedAt))
            }
        }
        guard !stored.isEmpty else { return nil }
        return ClaimedBatch(id: batch, receivedAt: receivedAt, deliveries: stored)
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
