import PostroomCore
import TestSupport

/// One of two inboxes with ordered handlers that are told the same: `keyed` goes by key, `newest` wants the newest only.
struct OrderSide {
    private let inbox: InboxUnderTest
    private var workers: [WorkerID] = []
    private var names: [DeliveryID: String] = [:]
    private var held: [String: (retry: ClaimedRetry, worker: WorkerID)] = [:]
    /// The broken rules.
    private(set) var violations: [String] = []

    private static let handlers: [HandlerName] = ["keyed", "newest"]

    init(_ inbox: InboxUnderTest) {
        self.inbox = inbox
    }

    /// Does something random, the same for the same numbers and the same inbox.
    ///
    /// - Returns: The step, and its result.
    mutating func step(_ steps: inout Steps) async throws -> String {
        guard !workers.isEmpty else { return try await register() }
        let worker = workers[Int(steps.next() % UInt64(workers.count))]
        switch steps.next() % 16 {
        case 0...4: return try await store(&steps, by: worker)
        case 5...8: return try await claim(Self.handlers[Int(steps.next() % 2)], by: worker)
        case 9...12: return try await end(&steps)
        case 13: return try await finish(&steps)
        case 14: return try await mend(&steps)
        default: return try await lose(&steps)
        }
    }

    private mutating func register() async throws -> String {
        let registration = WorkerRegistration(
            label: "side",
            handlers: Self.handlers.map { ($0, [.everything]) },
            orders: ["keyed": .byKey, "newest": .newest]
        )
        workers.append(try await inbox.queue.register(registration))
        return "a worker came"
    }

    /// Commits a delivery or two, and owes their pairs with places.
    private mutating func store(_ steps: inout Steps, by worker: WorkerID) async throws -> String {
        let keys = (0...(steps.next() % 2)).map { "\(names.count + Int($0))" }
        let result = try await inbox.intake.store(keys.map { .sample(key: $0) }, claimedBy: worker)
        guard let batch = result.batches.first else { return "nothing was stored" }
        var jobs: [BatchSettlement.Job] = []
        for delivery in batch.deliveries {
            names[delivery.id] = delivery.idempotencyKey
            for handler in Self.handlers {
                let key = ["a", "b", "c"][Int(steps.next() % 3)]
                let time = Int64(steps.next() % 40)
                let order: JobOrder =
                    switch steps.next() % 9 {
                    case 0: .unknown
                    case 1: .none
                    default: place(key, handler, delivery.id, time)
                    }
                let owed = JobOutcome.owed(dueIn: .zero, failure: nil)
                jobs.append(
                    BatchSettlement.Job(ordinal: delivery.id.ordinal, handler: handler, outcome: owed, order: order)
                )
            }
        }
        let ended = BatchSettlement(id: batch.id, receivedAt: batch.receivedAt, jobs: jobs)
        let isLost = try await settle(Settlement(batches: [ended], directoryVersion: try await version()), worker)
        return "stored \(jobs.map { "\(keys)@\($0.handler) \($0.order)" }), lost \(isLost)"
    }

    /// A place that does not depend on the numbers that an inbox gives.
    private func place(_ key: String, _ handler: HandlerName, _ delivery: DeliveryID, _ time: Int64) -> JobOrder {
        .place(OrderPlace(key: key, position: handler == "newest" ? time : Int64(names[delivery] ?? "") ?? 0))
    }

    private mutating func claim(_ handler: HandlerName, by worker: WorkerID) async throws -> String {
        let claim = RetryClaim(handler: handler, limit: 50, isTransactional: true, mayHaveKeys: true)
        let claimed = try await inbox.queue.claimRetries([claim], for: worker)
        for retry in claimed {
            let name = name(retry.key)
            if let key = retry.order.place?.key, !retry.isFinished {
                let rivals = held.filter {
                    $0.value.retry.key.handler == handler && $0.value.retry.order.place?.key == key
                }
                if !rivals.isEmpty {
                    violations.append("\(name) and \(rivals.keys.sorted()) are held at once")
                }
            }
            held[name] = (retry, worker)
        }
        return "claimed \(claimed.map { "\(name($0.key)) \($0.isFinished) \($0.failedAttempts)" }.sorted())"
    }

    private mutating func end(_ steps: inout Steps) async throws -> String {
        guard let name = held.keys.sorted().randomElement(using: &steps),
            let (retry, worker) = held.removeValue(forKey: name)
        else { return "-" }
        let attempt = retry.failedAttempts + 1
        let failure = AttemptFailure(attempt: attempt, error: "refused", duration: .milliseconds(1))
        let key = ["a", "b", "c"][Int(steps.next() % 3)]
        let time = Int64(steps.next() % 40)
        var outcome: JobOutcome =
            switch steps.next() % 6 {
            case 0: .owed(dueIn: .zero, failure: failure)
            case 1: .dead(reason: .exhausted, failure: failure)
            case 2: .owed(dueIn: .zero, failure: nil)
            default: .handled(duration: .milliseconds(1))
            }
        var newOrder: JobOrder?
        if retry.order == .unknown {
            outcome = .owed(dueIn: .zero, failure: nil)
            newOrder = place(key, retry.key.handler, retry.delivery.id, time)
        }
        let ended = RetrySettlement(
            key: retry.key,
            outcome: outcome,
            isTransactional: true,
            place: retry.order.place,
            newOrder: newOrder
        )
        let isLost = try await settle(Settlement(retries: [ended], directoryVersion: 0), worker)
        return "ended \(name) as \(outcome) \(newOrder ?? .none), lost \(isLost)"
    }

    private func finish(_ steps: inout Steps) async throws -> String {
        guard let name = held.keys.sorted().randomElement(using: &steps), let (retry, worker) = held[name],
            retry.order != .unknown
        else { return "-" }
        return "finished \(name): \(try await inbox.inspection.finish(Receipt(worker: worker, job: retry.key).text))"
    }

    /// Replays or discards a dead letter.
    private func mend(_ steps: inout Steps) async throws -> String {
        let letters = try await inbox.inspection.deadLetters().map(\.key).sorted { name($0) < name($1) }
        guard let letter = letters.randomElement(using: &steps) else { return "-" }
        guard steps.next() % 2 == 0 else {
            try await inbox.inspection.discard(letter)
            return "discarded \(name(letter))"
        }
        try await inbox.inspection.replay(letter)
        return "replayed \(name(letter))"
    }

    /// Lets every worker die, or gives back what one of them holds.
    private mutating func lose(_ steps: inout Steps) async throws -> String {
        if steps.next() % 2 == 0 {
            let worker = workers[Int(steps.next() % UInt64(workers.count))]
            _ = try await inbox.queue.releaseUnknownClaims(of: worker, known: HeldClaims())
            held = held.filter { $0.value.worker != worker }
            return "a worker gave back what it held"
        }
        try await inbox.inspection.letTimePass(.seconds(30))
        let report = try await inbox.queue.rescue(silentFor: .seconds(15))
        held = [:]
        workers = []
        // A second death would make suspects, which have checks of their own.
        return "rescued \(report.retries)" + " and " + (try await register())
    }

    private func settle(_ settlement: Settlement, _ worker: WorkerID) async throws -> Bool {
        let result = try await inbox.queue.settle(settlement, thenClaim: .nothing, for: worker).0
        return !result.lostBatches.isEmpty || !result.lostRetries.isEmpty
    }

    private func version() async throws -> Int64 {
        try await inbox.queue.directory().version
    }

    private func name(_ key: RetryKey) -> String {
        "\(names[key.delivery] ?? "?")@\(key.handler)"
    }

    /// Everything that can be seen of the inbox, line by line.
    func view() async throws -> [String] {
        let retries = try await inbox.inspection.retries()
            .map { "retry \(name($0.key)) \($0.failedAttempts)-\($0.attemptsBeforeReplay) held \($0.holder != nil)" }
        let letters = try await inbox.inspection.deadLetters().map { "letter \(name($0.key)) \($0.failedAttempts)" }
        let handled = try await inbox.inspection.handledPairs()
            .map { "handled \(names[$0.delivery] ?? "?")@\($0.handler)" }
        let superseded = try await inbox.inspection.superseded()
            .map { "superseded \(names[$0.delivery] ?? "?")@\($0.handler)" }
        return (retries + letters + handled + superseded).sorted()
    }
}
