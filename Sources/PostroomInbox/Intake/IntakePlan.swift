import PostroomCore

/// The requests of one commit, divided by shard.
struct IntakePlan {
    /// The requests that one shard gets.
    struct Part {
        let shard: Int16
        /// Where they stand among all requests of the commit.
        var indices: [Int]
        var statement: DeliveryStoreArrays
    }

    /// The parts in the order of their shards, so that two commits lock keys in the same order.
    private(set) var parts: [Part]

    init(_ deliveries: [IncomingDelivery], indices: [Int], shards: Int16) {
        var parts: [Int16: Part] = [:]
        for index in indices {
            let delivery = deliveries[index]
            let hash = delivery.keyHash
            let shard = hash.shard(of: shards)
            parts[shard, default: Part(shard: shard, indices: [], statement: DeliveryStoreArrays())]
                .append(delivery, hash, at: index)
        }
        self.parts = parts.values.sorted { $0.shard < $1.shard }
    }

    func statements(claimedBy worker: WorkerID?) -> [DeliveryStore] {
        parts.map { $0.statement.statement(shard: $0.shard, worker: worker) }
    }
}

extension IntakePlan.Part {
    mutating func append(_ delivery: IncomingDelivery, _ hash: KeyHash, at index: Int) {
        indices.append(index)
        statement.append(delivery, hash)
    }

    /// Reads what the statement returned: a receipt for each request, and the batch unless everything was a duplicate.
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
        return ClaimedBatch(key: BatchKey(shard: shard, id: batch), receivedAt: receivedAt, deliveries: stored)
    }
}

/// The columns of one shard's requests, as the statement takes them.
struct DeliveryStoreArrays {
    private var keyHashes: [UInt128] = []
    private var endpoints: [String] = []
    private var sources: [String] = []
    private var eventTypes: [String?] = []
    private var keys: [String] = []
    private var headers: [[UInt8]] = []
    private var bodies: [[UInt8]] = []
    private var byteCount = 0

    mutating func append(_ delivery: IncomingDelivery, _ hash: KeyHash) {
        keyHashes.append(hash.value)
        endpoints.append(delivery.endpoint.rawValue)
        sources.append(delivery.source.rawValue)
        eventTypes.append(delivery.identity.eventType)
        keys.append(delivery.identity.idempotencyKey)
        headers.append(delivery.headers.wire)
        bodies.append(delivery.body)
        byteCount += WorkSize(of: delivery).bytes
    }

    func statement(shard: Int16, worker: WorkerID?) -> DeliveryStore {
        DeliveryStore(
            shard: shard,
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
