import PostroomCore
import Synchronization

/// A call that runs at most once at a time, however many ask for its result, and that holds nobody up for long.
///
/// Figures from the database are asked for by anyone who can reach the admin address, and can hang with the database. So
/// a call that is still running is joined, and who waits for it too long goes without.
final class SharedCall<Value: Sendable>: Sendable {
    private let body: @Sendable () async -> Value
    private let running = Mutex<Observed<Value?>?>(nil)

    init(_ body: @escaping @Sendable () async -> Value) {
        self.body = body
    }

    /// Makes the call, or joins the one that runs.
    ///
    /// - Parameters:
    ///   - limit: The longest wait.
    ///   - work: The task group that the call runs in, so that it can go on when nobody waits for it any more.
    ///   - clock: Measures the wait.
    /// - Returns: The result; `nil` where it did not come in time.
    func value(within limit: Duration, on work: BackgroundWork, clock: any Clock<Duration>) async -> Value? {
        let result = running.withLock { running -> Observed<Value?> in
            if let running {
                return running
            }
            let result = Observed<Value?>(nil)
            running = result
            work.start { await self.run(result) }
            return result
        }
        return await withTimeLimit(limit, sleep: { try await clock.sleep(for: $0) }) { await result.value() } ?? nil
    }

    /// The result of a call of one's own.
    func value() async -> Value {
        await body()
    }

    private func run(_ result: Observed<Value?>) async {
        let value = await body()
        running.withLock { $0 = nil }
        result.set(value)
    }
}

/// Work that may outlive the request that asked for it, run as children of the server's own task.
final class BackgroundWork: Sendable {
    private let queue: AsyncStream<@Sendable () async -> Void>
    private let entrance: AsyncStream<@Sendable () async -> Void>.Continuation

    init() {
        (queue, entrance) = AsyncStream.makeStream()
    }

    /// Hands work over; it starts while ``run()`` runs.
    func start(_ work: @escaping @Sendable () async -> Void) {
        entrance.yield(work)
    }

    /// Runs what is handed over, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await work in queue {
                group.addTask { await work() }
            }
        }
    }
}
