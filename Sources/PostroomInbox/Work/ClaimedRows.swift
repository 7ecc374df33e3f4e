import PostroomCore

/// A batch as a claim found it.
struct FoundBatch {
    let batch: ClaimedBatch
    /// The number of its deliveries that the claim did not find.
    let missing: Int

    /// Puts the rows of a claim together, a batch each.
    static func batches(of rows: [BatchClaim.Row]) -> [FoundBatch] {
        var batches: [FoundBatch] = []
        var start = rows.startIndex
        while start < rows.endIndex {
            let id = rows[start].batchID
            let end = rows[start...].firstIndex { $0.batchID != id } ?? rows.endIndex
            let batch = ClaimedBatch(
                id: BatchID(rawValue: id),
                receivedAt: Timestamp(rawValue: rows[start].receivedAt),
                deliveries: rows[start..<end].compactMap(Delivery.init),
                deaths: Int(rows[start].deaths)
            )
            let missing = Int(rows[start].deliveryCount) - batch.deliveries.count
            batches.append(FoundBatch(batch: batch, missing: max(0, missing)))
            start = end
        }
        return batches.sorted { $0.batch.id < $1.batch.id }
    }
}

extension Delivery {
    /// A claimed row, or `nil` for a batch of which no delivery was found.
    fileprivate init?(_ row: BatchClaim.Row) {
        guard
            let id = row.deliveryID, let endpoint = row.endpoint, let source = row.source,
            let key = row.idempotencyKey, let headers = row.headers, let body = row.body
        else { return nil }
        self.init(
            id: DeliveryID(rawValue: id),
            endpoint: EndpointName(rawValue: endpoint),
            source: Source(rawValue: source),
            eventType: row.eventType,
            idempotencyKey: key,
            receivedAt: Timestamp(rawValue: row.receivedAt),
            headers: Headers(wire: headers),
            body: body
        )
    }
}

/// A row of a statement that claims pairs.
protocol ClaimedPairRow {
    var handler: String { get }
    var failedAttempts: Int32 { get }
    var attemptsBeforeReplay: Int32 { get }
    var deliveryID: Int64 { get }
    var receivedAt: Int64 { get }
    var endpoint: String? { get }
    var source: String? { get }
    var eventType: String? { get }
    var idempotencyKey: String? { get }
    var headers: [UInt8]? { get }
    var body: [UInt8]? { get }
}

extension DueClaim.Row: ClaimedPairRow {}
extension SuspectClaim.Row: ClaimedPairRow {}

extension Delivery {
    /// The delivery of a claimed pair, or `nil` where the claim did not find it.
    init?(_ row: some ClaimedPairRow) {
        guard
            let endpoint = row.endpoint, let source = row.source, let key = row.idempotencyKey,
            let headers = row.headers, let body = row.body
        else { return nil }
        self.init(
            id: DeliveryID(rawValue: row.deliveryID),
            endpoint: EndpointName(rawValue: endpoint),
            source: Source(rawValue: source),
            eventType: row.eventType,
            idempotencyKey: key,
            receivedAt: Timestamp(rawValue: row.receivedAt),
            headers: Headers(wire: headers),
            body: body
        )
    }

    /// A delivery that was looked for by its number.
    init(_ row: DeliveryFind.Row) {
        self.init(
            id: DeliveryID(rawValue: row.deliveryID),
            endpoint: EndpointName(rawValue: row.endpoint),
            source: Source(rawValue: row.source),
            eventType: row.eventType,
            idempotencyKey: row.idempotencyKey,
            receivedAt: Timestamp(rawValue: row.receivedAt),
            headers: Headers(wire: row.headers),
            body: row.body
        )
    }
}

extension RetryKey {
    /// The job of a claimed row.
    init(_ row: some ClaimedPairRow) {
        self.init(delivery: DeliveryID(rawValue: row.deliveryID), handler: HandlerName(rawValue: row.handler))
    }
}

extension ClaimedRetry {
    /// A claimed row with its delivery.
    init(_ row: some ClaimedPairRow, _ delivery: Delivery) {
        self.init(
            key: RetryKey(row),
            delivery: delivery,
            failedAttempts: Int(row.failedAttempts),
            attemptsBeforeReplay: Int(row.attemptsBeforeReplay)
        )
    }
}
