import PostroomCore

/// An inbox under test, with the steps that the checks are told in.
struct ConformanceContext: Sendable {
    let inbox: InboxUnderTest

    var queue: any WorkQueue { inbox.queue }
    var inspection: any InboxInspection { inbox.inspection }

    static let everything = ClaimRequest(deliveries: 100_000, batches: 1000)

    static func request(_ key: String, endpoint: EndpointName = "orders", type: String? = "order.paid")
        -> IncomingDelivery
    {
        IncomingDelivery(
            endpoint: endpoint,
            source: .bearer,
            identity: DeliveryIdentity(eventType: type, idempotencyKey: key),
            headers: Headers([("Content-Type", "application/json"), ("X-Odd", "a: b")]),
            body: Array(#"{"key":"\#(key)"}"#.utf8) + [0, 255]
        )
    }

    /// Commits requests with those keys together.
    @discardableResult
    func post(_ keys: [String], for worker: WorkerID? = nil) async throws -> IntakeResult {
        try await inbox.intake.store(keys.map { Self.request($0) }, claimedBy: worker)
    }

    /// Makes a worker known that handles everything under those names.
    func worker(_ handlers: HandlerName..., label: String = "test") async throws -> WorkerID {
        let handlers = handlers.map { (name: $0, patterns: [EventPattern.everything]) }
        return try await queue.register(WorkerRegistration(label: label, handlers: handlers))
    }

    func version() async throws -> Int64 {
        try await queue.directory().version
    }

    func claim(_ worker: WorkerID, _ request: ClaimRequest = ConformanceContext.everything) async throws
        -> [ClaimedBatch]
    {
        try await queue.settle(Settlement(directoryVersion: try await version()), thenClaim: request, for: worker).1
    }

    /// Claims what there is, claim by claim, until nothing is left.
    func claimAll(_ worker: WorkerID) async throws -> [ClaimedBatch] {
        var all: [ClaimedBatch] = []
        while true {
            let claimed = try await claim(worker)
            guard !claimed.isEmpty else { return all }
            all += claimed
        }
    }

    func settle(
        _ batches: [BatchSettlement] = [],
        retries: [RetrySettlement] = [],
        version known: Int64? = nil,
        by worker: WorkerID
    ) async throws -> SettlementResult {
        var version = known
        if version == nil {
            version = try await self.version()
        }
        let settlement = Settlement(batches: batches, retries: retries, directoryVersion: version ?? 0)
        return try await queue.settle(settlement, thenClaim: .nothing, for: worker).0
    }

    func claimRetries(_ handler: HandlerName, limit: Int = 100, _ worker: WorkerID) async throws -> [ClaimedRetry] {
        try await queue.claimRetries([RetryClaim(handler: handler, limit: limit)], for: worker)
    }

    /// Commits one delivery, claims it, and leaves its pair with that outcome.
    func leave(_ outcome: JobOutcome, _ handler: HandlerName = "mail", by worker: WorkerID) async throws -> RetryKey {
        try await post(["left"])
        let batches = try await claimAll(worker)
        let batch = try one(batches, "claimed batch")
        _ = try await settle([batch.settled(handler, outcome)], by: worker)
        return RetryKey(delivery: batch.deliveries[0].id, handler: handler)
    }
}

/// The only element.
func one<Element>(_ list: [Element], _ what: String) throws -> Element {
    try expect(list.count, is: 1, "number of \(what)")
    return list[0]
}

/// A failed attempt.
func failure(_ attempt: Int = 1, _ error: String = "refused") -> AttemptFailure {
    AttemptFailure(attempt: attempt, error: error, duration: .milliseconds(3))
}

extension ClaimedBatch {
    /// The settlement in which each delivery's pair of one handler has that outcome.
    func settled(_ handler: HandlerName, _ outcome: JobOutcome = .handled(duration: .milliseconds(1)))
        -> BatchSettlement
    {
        settled(deliveries.map { ($0.id.ordinal, handler, outcome) })
    }

    func settled(_ jobs: [(UInt8, HandlerName, JobOutcome)]) -> BatchSettlement {
        BatchSettlement(
            id: id,
            receivedAt: receivedAt,
            jobs: jobs.map { BatchSettlement.Job(ordinal: $0, handler: $1, outcome: $2) }
        )
    }
}
