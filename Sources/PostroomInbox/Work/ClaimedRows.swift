import PostroomCore

/// A batch with the deliveries that its claim found.
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
                id: id,
                receivedAt: rows[start].receivedAt,
                deliveries: rows[start..<end].compactMap { Delivery($0) },
                deaths: Int(rows[start].deaths)
            )
            let missing = Int(rows[start].deliveryCount) - batch.deliveries.count
            batches.append(FoundBatch(batch: batch, missing: max(0, missing)))
            start = end
        }
        return batches.sorted { $0.batch.id < $1.batch.id }
    }
}

/// A row that holds a whole delivery.
protocol DeliveryRow {
    var deliveryID: DeliveryID { get }
    var receivedAt: Timestamp { get }
    var endpoint: EndpointName { get }
    var source: Source { get }
    var eventType: String? { get }
    var idempotencyKey: String { get }
    var headers: Headers { get }
    var body: [UInt8] { get }
}

extension DeliveryFind.Row: DeliveryRow {}
extension DeliveryPayload.Row: DeliveryRow {}
extension DeliveryRead.Row: DeliveryRow {}
extension DeadLetterRead.Row: DeliveryRow {}

/// A row of a claim, with nulls in the place of a delivery that was not found.
protocol ClaimedRow {
    var receivedAt: Timestamp { get }
    var endpoint: EndpointName? { get }
    var source: Source? { get }
    var eventType: String? { get }
    var idempotencyKey: String? { get }
    var headers: Headers? { get }
    var body: [UInt8]? { get }
}

/// A row of a claim of jobs.
protocol ClaimedJobRow: ClaimedRow {
    var deliveryID: DeliveryID { get }
    var handler: HandlerName { get }
    var failedAttempts: Int32 { get }
    var attemptsBeforeReplay: Int32 { get }
    var isFinished: Bool { get }
    var order: JobOrder { get }
}

extension BatchClaim.Row: ClaimedRow {}

extension DueClaim.Row: ClaimedJobRow {
    var order: JobOrder { needsKey ? .unknown : .none }
}

extension OrderedClaim.Row: ClaimedJobRow {
    var order: JobOrder { .place(OrderPlace(key: orderKey, position: orderPosition)) }
}

extension SuspectClaim.Row: ClaimedJobRow {
    var order: JobOrder {
        guard let orderKey, let orderPosition else { return needsKey ? .unknown : .none }
        return .place(OrderPlace(key: orderKey, position: orderPosition))
    }
}

extension Delivery {
    /// The delivery of a row.
    init(_ row: some DeliveryRow) {
        self.init(
            id: row.deliveryID,
            endpoint: row.endpoint,
            source: row.source,
            eventType: row.eventType,
            idempotencyKey: row.idempotencyKey,
            receivedAt: row.receivedAt,
            headers: row.headers,
            body: row.body
        )
    }

    /// The delivery of a claimed row, or `nil` where the claim did not find it.
    private init?(_ row: some ClaimedRow, id: DeliveryID) {
        guard let endpoint = row.endpoint, let source = row.source, let key = row.idempotencyKey,
            let headers = row.headers, let body = row.body
        else { return nil }
        self.init(
            id: id,
            endpoint: endpoint,
            source: source,
            eventType: row.eventType,
            idempotencyKey: key,
            receivedAt: row.receivedAt,
            headers: headers,
            body: body
        )
    }

    /// The delivery of a claimed batch's row, or `nil` where the claim did not find any.
    fileprivate init?(_ row: BatchClaim.Row) {
        guard let id = row.deliveryID else { return nil }
        self.init(row, id: id)
    }

    /// The delivery of a claimed job, or `nil` where the claim did not find it.
    init?(_ row: some ClaimedJobRow) {
        self.init(row, id: row.deliveryID)
    }
}

extension RetryKey {
    /// The job of a claimed row.
    init(_ row: some ClaimedJobRow) {
        self.init(delivery: row.deliveryID, handler: row.handler)
    }
}

extension ClaimedRetry {
    /// A claimed row with its delivery.
    init(_ row: some ClaimedJobRow, _ delivery: Delivery) {
        self.init(
            key: RetryKey(row),
            delivery: delivery,
            failedAttempts: Int(row.failedAttempts),
            attemptsBeforeReplay: Int(row.attemptsBeforeReplay),
            isFinished: row.isFinished,
            order: row.order
        )
    }
}
