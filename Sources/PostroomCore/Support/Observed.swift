import Synchronization

/// A value whose changes any number of tasks can wait for.
package final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        let holds: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var next = 0
    }

    private let state: Mutex<State>

    /// Begins with a value.
    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The value as it is now.
    package var current: Value {
        state.withLock { $0.value }
    }

    /// Changes the value, and wakes the tasks whose condition holds then.
    @discardableResult
    package func update<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        let (result, ready) = state.withLock { state in
            let result = body(&state.value)
            let ready = state.waiters.filter { $0.value.holds(state.value) }
            for number in ready.keys {
                state.waiters[number] = nil
            }
            return (result, ready.values.map(\.continuation))
        }
        for continuation in ready {
            continuation.resume(returning: true)
        }
        return result
    }

    /// Waits until a condition holds.
    ///
    /// - Parameter holds: The condition; it is asked while the value is locked.
    /// - Returns: `true` where it holds or held; `false` where the task was cancelled before.
    @discardableResult
    package func wait(until holds: @escaping @Sendable (Value) -> Bool) async -> Bool {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if holds(state.value) {
                        return true
                    }
                    // A cancellation that came before this finds nobody to wake, so it is looked for here.
                    guard !Task.isCancelled else { return false }
                    state.waiters[number] = Waiter(holds: holds, continuation: continuation)
                    return nil
                }
                if let answer {
                    continuation.resume(returning: answer)
                }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Waits until a condition holds, but no longer than the limit.
    ///
    /// - Returns: `true` where it holds or held; `false` where the limit came first, or the task was cancelled.
    package func wait(atMost limit: Duration, until holds: @escaping @Sendable (Value) -> Bool) async -> Bool {
        await withTimeLimit(limit) { await self.wait(until: holds) } ?? false
    }

    /// Sets the value where there is none; only the first call counts.
    package func set<Wrapped: Sendable>(_ value: Wrapped) where Value == Wrapped? {
        update { current in
            if current == nil {
                current = .some(value)
            }
        }
    }

    /// Waits until there is a value, and returns it; `nil` where the task was cancelled before.
    package func value<Wrapped: Sendable>() async -> Wrapped? where Value == Wrapped? {
        await wait(until: { $0 != nil }) ? current : nil
    }
}
