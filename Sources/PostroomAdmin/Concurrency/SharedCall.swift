import Synchronization

/// A call that runs at most once at a time, however many ask for its result, and that holds nobody up for long.
///
/// Figures from the database are asked for by anyone who can reach the admin address, and can hang with the database. So
/// a call that is still running is joined, and who waits for it too long goes without.
final class SharedCall<Value: Sendable>: Sendable {
    private let body: @Sendable () async -> Value
    private let running = Mutex<Latch<Value>?>(nil)

    init(_ body: @escaping @Sendable () async -> Value) {
        self.body = body
    }

    /// Makes the call, or joins the one that runs.
    ///
    /// - Parameters:
    ///   - limit: How long to wait.
    ///   - work: Where the call runs, so that it can go on when nobody waits for it any more.
    ///   - clock: Measures the wait.
    /// - Returns: The result; `nil` where it did not come in time.
    func value(within limit: Duration, on work: BackgroundWork, clock: any Clock<Duration>) async -> Value? {
        let latch = running.withLock { running -> Latch<Value> in
            if let running {
                return running
            }
            let latch = Latch<Value>()
            running = latch
            work.start { await self.run(latch) }
            return latch
        }
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await latch.value() }
            group.addTask {
                try? await clock.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// The result of a call of one's own.
    func value() async -> Value {
        await body()
    }

    private func run(_ latch: Latch<Value>) async {
        let value = await body()
        running.withLock { $0 = nil }
        latch.set(value)
    }
}
