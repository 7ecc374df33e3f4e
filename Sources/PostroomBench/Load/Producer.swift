import NIOCore
import PostroomReceiver
import Synchronization

/// A sender inside the process: it keeps a number of deliveries under way in the group commit.
final class Producer: CommitClient {
    private struct State {
        var left: Int
        var underWay = 0
        var stored = 0
        var failures = 0
        var lastEnd = ContinuousClock.now
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// The time of each delivery until it was on disk.
    let latencies = LatencyRecorder()
    private let committer: GroupCommitter
    private let load: Load
    /// True if each delivery that ends is followed by another one.
    private let isClosedLoop: Bool
    private let onSubmit: @Sendable (Range<Int>) -> Void
    private let state: Mutex<State>

    /// Describes a producer.
    ///
    /// - Parameters:
    ///   - committer: The group commit to which it submits.
    ///   - load: The deliveries that it submits.
    ///   - limit: The most that it submits; `nil` for as many as it can until it is stopped.
    ///   - isClosedLoop: True if each delivery that ends is followed by another one.
    ///   - onSubmit: Is told the numbers of those that are submitted next.
    init(
        committer: GroupCommitter,
        load: Load,
        limit: Int?,
        isClosedLoop: Bool = true,
        onSubmit: @escaping @Sendable (Range<Int>) -> Void = { _ in }
    ) {
        self.committer = committer
        self.load = load
        self.isClosedLoop = isClosedLoop
        self.onSubmit = onSubmit
        state = Mutex(State(left: limit ?? .max))
    }

    /// Begins with that many at once; each that ends is followed by another one.
    func start(_ window: Int) {
        submit(window)
    }

    /// Submits at a steady rate, however long each takes, and then no more.
    ///
    /// - Throws: `CancellationError`.
    func submit(_ rate: Int, aSecondFor duration: Duration) async throws {
        defer { stop() }
        let start = ContinuousClock.now
        var submitted = 0
        while case let elapsed = ContinuousClock.now - start, elapsed < duration {
            let due = Int(elapsed / .seconds(1) * Double(rate))
            submit(due - submitted)
            submitted = due
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Submits no more.
    func stop() {
        state.withLock { $0.left = 0 }
    }

    /// Waits until nothing is under way.
    ///
    /// - Returns: The number of stored deliveries, and the time of the last.
    /// - Throws: ``BenchFailure`` where some were not.
    func drained() async throws -> (stored: Int, lastEnd: ContinuousClock.Instant) {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.underWay == 0, state.left == 0 { return true }
                state.waiter = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
        let (stored, failures, end) = state.withLock { ($0.stored, $0.failures, $0.lastEnd) }
        guard failures == 0 else {
            throw BenchFailure("\(failures) of \(failures + stored) deliveries were not stored; see the log")
        }
        return (stored, end)
    }

    func committed(_ results: [CommitResult]) {
        let now = ContinuousClock.now
        let uptime = NIODeadline.now().uptimeNanoseconds
        // A delivery's ticket is the time at which it was submitted.
        latencies.record(results.lazy.map { Duration.nanoseconds(Int64(uptime) - Int64($0.ticket)) })
        let failures = results.count { result in
            guard case .stored = result.outcome else { return true }
            return false
        }
        state.withLock { state in
            state.underWay -= results.count
            state.stored += results.count - failures
            state.failures += failures
            state.lastEnd = now
            if failures > 0 { state.left = 0 }
        }
        if isClosedLoop { submit(results.count) }
        let waiter = state.withLock { state in
            guard state.underWay == 0, state.left == 0 else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Submits that many now, as far as its limit allows.
    func submit(_ wanted: Int) {
        let count = state.withLock { state in
            let count = min(wanted, state.left)
            if state.left != .max { state.left -= count }
            state.underWay += count
            return count
        }
        guard count > 0 else { return }
        let numbers = load.numbers(count)
        let deliveries = load.deliveries(numbers)
        onSubmit(numbers)
        let since = NIODeadline.now()
        committer.submit(
            deliveries.map { delivery in
                CommitRequest(delivery: delivery, charged: 0, since: since, ticket: Int(since.uptimeNanoseconds))
            },
            for: self
        )
    }
}
