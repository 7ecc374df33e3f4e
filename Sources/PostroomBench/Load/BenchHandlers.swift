import PostroomCore
import PostroomSources
import Synchronization

/// Handlers that do nothing, and count how often they did.
final class BenchHandlers: Sendable {
    private struct Goal {
        var runs: Int
        var waiter: CheckedContinuation<Void, any Error>
    }

    private let options: BenchOptions
    private let stamps: Stamps?
    private let runs = Atomic(0)
    private let goalRuns = Atomic(Int.max)
    private let goal = Mutex<Goal?>(nil)
    private let lastRun = Mutex(ContinuousClock.now)

    /// Describes the handlers.
    ///
    /// - Parameters:
    ///   - options: Their number, and their subscriptions.
    ///   - stamps: The times of sending, where the time to the first handler is measured.
    init(_ options: BenchOptions, stamps: Stamps? = nil) {
        self.options = options
        self.stamps = stamps
    }

    /// Returns the name of a handler.
    static func name(_ number: Int) -> HandlerName {
        HandlerName(rawValue: "bench-\(number)")
    }

    /// Finds one of so many keys for an event.
    private static func key(among keys: Int) -> @Sendable (Event) -> String? {
        { event in Load.number(of: event.delivery).map { "\($0 % keys)" } }
    }

    /// The registry of a program with these handlers.
    var registry: HandlerRegistry {
        var registry = HandlerRegistry()
        for number in 0..<options.handlers {
            let retry = RetryPolicy.constant(maximumAttempts: 100, delay: .milliseconds(100))
            let asking = options.asking
            let limits = HandlerLimits(globalConcurrency: asking.limit)
            let key = asking.keys.map(Self.key(among:))
            switch options.decoding {
            case .raw:
                registry.on(
                    .everything,
                    named: Self.name(number),
                    retry: retry,
                    isTransactional: asking.isTransactional,
                    limits: limits,
                    order: asking.keys.map { _ in .byKey },
                    orderingKey: key
                ) { _, context in
                    try self.begin(number, context)
                    if asking.isTransactional {
                        try await context.transaction { _ in }
                    }
                    self.end()
                }
            case .typed:
                registry.on(
                    Wacht.SessionCreated.self,
                    named: Self.name(number),
                    retry: retry,
                    isTransactional: asking.isTransactional,
                    limits: limits
                ) { _, context in
                    try self.begin(number, context)
                    if asking.isTransactional {
                        try await context.transaction { _ in }
                    }
                    self.end()
                }
            }
        }
        return registry
    }

    /// Waits until that many runs have succeeded since the start, over all handlers.
    ///
    /// - Returns: The time of the last one.
    /// - Throws: `CancellationError`.
    func waitForRuns(_ count: Int) async throws -> ContinuousClock.Instant {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                goal.withLock { $0 = Goal(runs: count, waiter: waiter) }
                goalRuns.store(count, ordering: .sequentiallyConsistent)
                if Task.isCancelled { give(CancellationError()) }
                if runs.load(ordering: .sequentiallyConsistent) >= count { reach() }
            }
        } onCancel: {
            give(CancellationError())
        }
        return lastRun.withLock(\.self)
    }

    /// The number of runs that have succeeded.
    var count: Int {
        runs.load(ordering: .relaxed)
    }

    private func begin(_ number: Int, _ context: HandlerContext) throws {
        if number == 0, let stamps, context.attempt == 1 {
            stamps.arrived(context.delivery)
        }
        if options.failRate > 0, context.attempt == 1, fails(context.deliveryID) {
            throw HandlerError.retry(after: .milliseconds(100))
        }
    }

    private func end() {
        let run = runs.add(1, ordering: .sequentiallyConsistent).newValue
        if run >= goalRuns.load(ordering: .sequentiallyConsistent) { reach() }
    }

    /// Returns whether the first attempts at a delivery fail: the same deliveries each time, spread evenly.
    private func fails(_ delivery: DeliveryID) -> Bool {
        let mixed = UInt64(bitPattern: delivery.rawValue) &* 0x9E37_79B9_7F4A_7C15
        return Double(mixed >> 40) / Double(1 << 24) < options.failRate
    }

    private func reach() {
        let now = ContinuousClock.now
        let reached = goal.withLock { goal in
            defer { goal = nil }
            return goal
        }
        guard let reached else { return }
        goalRuns.store(.max, ordering: .sequentiallyConsistent)
        lastRun.withLock { $0 = now }
        reached.waiter.resume()
    }

    private func give(_ error: CancellationError) {
        let waiting = goal.withLock { goal in
            defer { goal = nil }
            return goal
        }
        waiting?.waiter.resume(throwing: error)
    }
}
