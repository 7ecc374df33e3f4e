import Synchronization

/// A value that comes once and that any number of tasks can wait for.
final class Latch<Value: Sendable>: Sendable {
    private enum State {
        case open(waiters: [Int: CheckedContinuation<Value?, Never>], next: Int)
        case set(Value)
    }

    private let state = Mutex(State.open(waiters: [:], next: 0))

    /// Sets the value and wakes who waits; only the first call counts.
    func set(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            guard case .open(let waiters, _) = state else {
                return []
            }
            state = .set(value)
            return Array(waiters.values)
        }
        for waiter in waiters {
            waiter.resume(returning: value)
        }
    }

    /// The value, once it is there; `nil` where the task was cancelled before.
    func value() async -> Value? {
        let ticket = state.withLock { state -> Int in
            guard case .open(let waiters, let next) = state else {
                return 0
            }
            state = .open(waiters: waiters, next: next + 1)
            return next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, ticket: ticket) }
        } onCancel: {
            giveUp(ticket: ticket)
        }
    }

    private func wait(_ continuation: CheckedContinuation<Value?, Never>, ticket: Int) {
        let answer = state.withLock { state -> Value?? in
            switch state {
            case .set(let value):
                return .some(value)
            case .open(var waiters, let next):
                // A cancellation that came before this finds nobody to wake, so it is looked for here.
                guard !Task.isCancelled else {
                    return .some(nil)
                }
                waiters[ticket] = continuation
                state = .open(waiters: waiters, next: next)
                return nil
            }
        }
        if let answer {
            continuation.resume(returning: answer)
        }
    }

    private func giveUp(ticket: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
            guard case .open(var waiters, let next) = state else {
                return nil
            }
            let waiter = waiters.removeValue(forKey: ticket)
            state = .open(waiters: waiters, next: next)
            return waiter
        }
        waiter?.resume(returning: nil)
    }
}
