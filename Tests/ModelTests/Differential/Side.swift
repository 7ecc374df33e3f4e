import PostroomCore
import TestSupport

/// One of two inboxes that are told the same, in names that are the same on both sides: deliveries by their keys, batches
/// by those of their deliveries, and workers by the order in which they came.
struct Side {
    let inbox: InboxUnderTest
    private(set) var workers: [WorkerID] = []
    private(set) var keys: [DeliveryID: String] = [:]
    private var batches: [String: ClaimedBatch] = [:]
    private var versions: [Int64] = []
    private var handlers: Set<HandlerName> = []

    private static let lease = Duration.seconds(15)
    private static let everything = ClaimRequest(deliveries: 10_000, batches: 1000)
    static let names: [HandlerName] = ["a", "b", "c"]

    init(_ inbox: InboxUnderTest) {
        self.inbox = inbox
    }

    /// Does something random, the same for the same numbers and the same inbox.
    ///
    /// - Returns: The step, and its result.
    mutating func step(_ steps: inout Steps) async throws -> String {
        guard !workers.isEmpty else { return try await register(&steps) }
        let worker = Int(steps.next() % UInt64(workers.count))
        switch steps.next() % 24 {
        case 0: return try await register(&steps)
        case 1...4: return try await store(&steps, worker)
        case 5...6: return try await claim(worker)
        case 7...10: return try await settle(&steps, worker)
        case 11...12: return try await claimRetries(&steps, worker)
        case 13...14: return try await settleRetries(&steps, worker)
        case 15: return "\(worker) lives: \(try await inbox.queue.heartbeat(workers[worker]) != nil)"
        case 16: return try await rescue(&steps)
        case 17: return try await release(&steps, worker)
        case 18: return try await pause(&steps)
        case 19: return try await adjustShares(&steps, worker)
        case 20...21: return try await admit(&steps, worker)
        case 22: return try await freeKeys(&steps, worker)
        default:
            guard steps.next() % 3 == 0 else { return try await passTime() }
            try await inbox.queue.deregister(workers[worker])
            return "\(worker) left"
        }
    }

    // MARK: - Steps

    private mutating func register(_ steps: inout Steps) async throws -> String {
        let own = Self.names.filter { _ in steps.next() % 2 == 0 }
        let registration = WorkerRegistration(
            label: "side",
            handlers: own.map { ($0, [.everything]) },
            limits: own.reduce(into: [:]) { $0[$1] = HandlerLimits(perKey: KeyLimits(concurrency: 1)) }
        )
        workers.append(try await inbox.queue.register(registration))
        handlers.formUnion(own)
        versions.append(try await inbox.queue.directory().version)
        return "worker \(workers.count - 1) came with \(own)"
    }

    private mutating func store(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let wanted = (0...(steps.next() % 3)).map { _ in "k\(steps.next() % 60)" }
        let holder = steps.next() % 3 == 0 ? worker : nil
        let requests = wanted.map { IncomingDelivery.sample(key: $0) }
        let result = try await inbox.intake.store(requests, claimedBy: holder.map { workers[$0] })
        for (key, receipt) in zip(wanted, result.receipts) where keys[receipt.id] == nil {
            keys[receipt.id] = key
        }
        for batch in result.batches {
            batches[name(batch.deliveries)] = batch
        }
        let receipts = result.receipts.map { "\(keys[$0.id] ?? "?")\($0.isDuplicate ? " again" : "")" }
        return "stored \(wanted) for \(holder.map(String.init) ?? "anybody"): \(receipts)"
    }

    private func claim(_ worker: Int) async throws -> String {
        let nothing = Settlement(directoryVersion: try await inbox.queue.directory().version)
        let claimed = try await inbox.queue.settle(nothing, thenClaim: Self.everything, for: workers[worker]).1
        return "\(worker) claimed \(claimed.map { name($0.deliveries) }.sorted())"
    }

    private func settle(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let open = try await inbox.inspection.batches()
        let held = batches.filter { batch in
            open.contains { $0.id == batch.value.id && $0.holder == workers[worker] }
        }
        // Mostly what it holds, at times what it does not.
        let choices = (steps.next() % 4 == 0 || held.isEmpty ? batches : held).keys.sorted()
        guard let chosen = choices.randomElement(using: &steps), let batch = batches[chosen] else { return "-" }
        let isStale = steps.next() % 6 == 0
        let current = try await inbox.queue.directory().version
        let version = isStale ? versions.min() ?? 0 : current
        let pairs = batch.deliveries.flatMap { delivery in
            Self.names.prefix(2)
                .map { handler in
                    let outcome = Self.outcome(&steps, failed: 0, mayRun: true)
                    return BatchSettlement.Job(ordinal: delivery.id.ordinal, handler: handler, outcome: outcome)
                }
        }
        let settlement = Settlement(
            batches: [BatchSettlement(id: batch.id, receivedAt: batch.receivedAt, jobs: pairs)],
            directoryVersion: version
        )
        let result = try await inbox.queue.settle(settlement, thenClaim: .nothing, for: workers[worker]).0
        return "\(worker) settled \(chosen) as \(pairs.map(\.outcome)): stale \(result.directoryIsStale), "
            + "lost \(result.lostBatches.count)"
    }

    private func claimRetries(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let handler = Self.names[Int(steps.next() % 3)]
        guard steps.next() % 3 != 0 else {
            let suspect = try await inbox.queue.claimSuspect(of: [handler], for: workers[worker])
            return "\(worker) claimed the suspect \(suspect.map { key($0.key) } ?? "-")"
        }
        let claim = RetryClaim(handler: handler, limit: Int(steps.next() % 3) * 50)
        let claimed = try await inbox.queue.claimRetries([claim], for: workers[worker])
        let told = claimed.map { "\(key($0.key)):\($0.failedAttempts)-\($0.attemptsBeforeReplay)" }.sorted()
        return "\(worker) claimed retries \(told)"
    }

    private func settleRetries(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let rows = try await inbox.inspection.retries().sorted { key($0.key) < key($1.key) }
        guard !rows.isEmpty else { return "-" }
        let own = rows.filter { $0.holder == workers[worker] }
        let choices = steps.next() % 4 == 0 || own.isEmpty ? rows : own
        var settlements: [RetrySettlement] = []
        for row in choices.shuffled(using: &steps).prefix(3) {
            let outcome = Self.outcome(&steps, failed: row.failedAttempts, mayRun: false)
            settlements.append(RetrySettlement(key: row.key, outcome: outcome))
        }
        let settlement = Settlement(retries: settlements, directoryVersion: versions.min() ?? 0)
        let result = try await inbox.queue.settle(settlement, thenClaim: .nothing, for: workers[worker]).0
        return "\(worker) settled retries \(settlements.map { "\(key($0.key)): \($0.outcome)" }), "
            + "lost \(result.lostRetries.map(key).sorted())"
    }

    private func rescue(_ steps: inout Steps) async throws -> String {
        let living = workers.filter { _ in steps.next() % 3 != 0 }
        try await inbox.inspection.letTimePass(Self.lease * 2)
        for worker in living {
            _ = try await inbox.queue.heartbeat(worker)
        }
        let report = try await inbox.queue.rescue(silentFor: Self.lease)
        let gone = report.workers.compactMap { workers.firstIndex(of: $0) }.sorted()
        return "rescued \(gone), \(report.batches) batches, \(report.retries) retries, "
            + "struck \(report.struck.map(key)), dead \(report.deadSuspects.map(key))"
    }

    private func passTime() async throws -> String {
        try await inbox.inspection.letTimePass(.seconds(7200))
        for worker in workers {
            _ = try await inbox.queue.heartbeat(worker)
        }
        return "two hours passed"
    }

    private func release(_ steps: inout Steps, _ worker: Int) async throws -> String {
        let owner = workers[worker]
        var known = HeldClaims()
        let open = try await inbox.inspection.batches().filter { $0.holder == owner }
        for batch in open.sorted(by: { $0.id < $1.id }) where steps.next() % 2 == 0 {
            known.batches.insert(batch.id)
        }
        let retries = try await inbox.inspection.retries().filter { $0.holder == owner }
        for retry in retries.sorted(by: { key($0.key) < key($1.key) }) where steps.next() % 2 == 0 {
            known.retries.insert(retry.key)
        }
        return "\(worker) gave back \(try await inbox.queue.releaseUnknownClaims(of: owner, known: known))"
    }

    private mutating func pause(_ steps: inout Steps) async throws -> String {
        guard let handler = handlers.sorted().randomElement(using: &steps) else { return "-" }
        let isPause = steps.next() % 2 == 0
        if isPause {
            try await inbox.inspection.pause(handler)
        } else {
            try await inbox.inspection.resume(handler)
        }
        return "\(handler) \(isPause ? "pauses" : "resumes")"
    }

    private static func outcome(_ steps: inout Steps, failed: Int, mayRun: Bool) -> JobOutcome {
        let failure = AttemptFailure(attempt: failed + 1, error: "refused", duration: .milliseconds(2))
        switch steps.next() % 7 {
        case 0: return .owed(dueIn: .zero, failure: nil)
        case 1: return .owed(dueIn: .zero, failure: failure)
        case 2: return .owed(dueIn: .seconds(3600), failure: failure)
        case 3: return .dead(reason: .exhausted, failure: failure)
        case 4 where mayRun: return .running
        default: return .handled(duration: .milliseconds(1))
        }
    }

    // MARK: - What can be seen

    /// Everything that can be seen of the inbox, line by line.
    func view() async throws -> [String] {
        let places = Dictionary(uniqueKeysWithValues: zip(workers, workers.indices))
        func holder(_ worker: WorkerID?) -> String {
            worker.map { places[$0].map(String.init) ?? "nobody known" } ?? "-"
        }
        let batchNames = Dictionary(uniqueKeysWithValues: batches.map { ($0.value.id, $0.key) })
        let batches = try await inbox.inspection.batches()
            .map { "batch \(batchNames[$0.id] ?? "?") held by \(holder($0.holder))" }
        let retries = try await inbox.inspection.retries()
            .map { row in
                "retry \(key(row.key)) \(row.failedAttempts)-\(row.attemptsBeforeReplay) due \(row.isDue) "
                    + "held by \(holder(row.holder))"
            }
        let letters = try await inbox.inspection.deadLetters()
            .map { "letter \(key($0.key)) \($0.reason) \($0.failedAttempts) \($0.error)" }
        let handled = try await inbox.inspection.handledPairs()
            .map { "handled \(keys[$0.delivery] ?? "?")@\($0.handler)" }
        return (batches + retries + letters + handled).sorted()
    }

    private func name(_ deliveries: [Delivery]) -> String {
        deliveries.map(\.idempotencyKey).joined(separator: "+")
    }

    func key(_ retry: RetryKey) -> String {
        "\(keys[retry.delivery] ?? "?")@\(retry.handler)"
    }
}
