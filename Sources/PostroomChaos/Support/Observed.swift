import Synchronization

/// A value that others can wait for.
final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        let holds: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var cancelled: Set<Int> = []
        var next = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The value as it is now.
    var current: Value {
        state.withLock { $0.value }
    }

    /// Changes the value, and lets those go on whose condition holds then.
    @discardableResult
    func update<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        let (result, ready) = state.withLock { state in
            let result = body(&state.value)
            let met = state.waiters.filter { $0.value.holds(state.value) }
            for number in met.keys {
                state.waiters[number] = nil
            }
            return (result, met.values.map(\.continuation))
        }
        for continuation in ready {
            continuation.resume(returning: true)
        }
        return result
    }

    /// Waits until a condition holds.
    ///
    /// - Returns: True if it does; `false` where the task was cancelled before.
    @discardableResult
    func wait(until holds: @escaping @Sendable (Value) -> Bool) async -> Bool {
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
                    if state.cancelled.remove(number) != nil {
                        return false
                    }
                    state.waiters[number] = Waiter(holds: holds, continuation: continuation)
                    return nil
                }
                if let answer {
                    continuation.resume(returning: answer)
                }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: number)
                if waiter == nil {
                    state.cancelled.insert(number)
                }
                return waiter
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Waits until a condition holds, but no longer than that.
    ///
    /// - Returns: True if it holds.
    func wait(atMost limit: Duration, until holds: @escaping @Sendable (Value) -> Bool) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait(until: holds) }
            group.addTask {
                try? await Task.sleep(for: limit)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }
}
