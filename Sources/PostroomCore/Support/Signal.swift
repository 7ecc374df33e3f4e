import Synchronization

/// A wake-up call for one waiting task: there is something to do.
///
/// Calls that come before the task waits are one call. Only one task may wait at a time. For several tasks there is
/// ``Broadcast``, and ``Observed`` for a condition that must hold.
package final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Makes a signal that is not raised.
    package init() {}

    /// Wakes the waiting task, or lets the next wait return at once.
    package func raise() {
        let waiter = state.withLock { state in
            let waiter = state.waiter.take()
            state.isRaised = waiter == nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns when the signal is raised, or was since the last wait, or when the task is cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRaised = state.withLock { state in
                    if state.isRaised {
                        state.isRaised = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isRaised {
                    continuation.resume()
                }
            }
        } onCancel: {
            raise()
        }
    }
}
