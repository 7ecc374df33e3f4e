import Synchronization

/// A door that handlers wait at.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
        var entered = 0
        var cancelled = 0
    }

    private let state = Mutex(State())

    /// How many came to the door.
    var entered: Int {
        state.withLock { $0.entered }
    }

    /// How many were cancelled at it.
    var cancelled: Int {
        state.withLock { $0.cancelled }
    }

    var isOpen: Bool {
        state.withLock { $0.isOpen }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters {
            waiter.resume()
        }
    }

    /// Waits until the door opens, or throws when the task is cancelled.
    func wait() async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await stand(number)
        } onCancel: {
            let waiter = state.withLock { state in
                state.cancelled += 1
                return state.waiters.removeValue(forKey: number)
            }
            waiter?.resume()
        }
        try Task.checkCancellation()
    }

    /// Waits until the door opens, whatever happens to the task.
    func waitStubbornly() async {
        await stand(0)
    }

    private func stand(_ number: Int) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                state.entered += 1
                if state.isOpen || (number > 0 && Task.isCancelled) {
                    return true
                }
                state.waiters[number > 0 ? number : -state.entered] = continuation
                return false
            }
            if goesOn {
                continuation.resume()
            }
        }
    }
}
