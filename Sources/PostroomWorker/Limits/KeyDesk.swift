import PostroomCore
import Synchronization

/// The jobs that wait until the limits of their keys let them begin, and the slots that are to be freed.
final class KeyDesk: Sendable {
    /// A job that waits for a decision.
    struct Ask: Sendable {
        let keyed: KeyedJob
        let held: HeldRetry
        let attempt: QueuedAttempt
        let queue: HandlerQueue
    }

    private struct State {
        var asks: [Ask] = []
        var returned: [KeyedJob] = []
        /// The jobs that have slots, or may have.
        var known: Set<RetryKey> = []
    }

    /// Raised when there is something to ask or to free.
    let signal = Signal()
    private let state = Mutex(State())

    /// The jobs that have slots, or may have.
    var known: [RetryKey] {
        state.withLock { Array($0.known) }
    }

    /// Asks whether a job may begin.
    func ask(_ ask: Ask) {
        state.withLock { state in
            state.asks.append(ask)
            state.known.insert(ask.keyed.job)
        }
        signal.raise()
    }

    /// Takes what there is to do.
    func take() -> (asks: [Ask], returned: [KeyedJob]) {
        state.withLock { state in
            defer {
                state.asks = []
                state.returned = []
            }
            return (state.asks, state.returned)
        }
    }

    /// Takes back what could not be done.
    func putBack(_ asks: [Ask], _ returned: [KeyedJob]) {
        state.withLock { state in
            state.asks = asks + state.asks
            state.returned = returned + state.returned
        }
    }

    /// Has the slot of an attempt freed that has returned.
    func returned(_ keyed: KeyedJob) {
        state.withLock { $0.returned.append(keyed) }
        signal.raise()
    }

    /// Takes note that jobs have no slots.
    func forget(_ jobs: [RetryKey]) {
        state.withLock { $0.known.subtract(jobs) }
    }

    /// Forgets everything: the identity that held it is gone.
    func clear() {
        state.withLock { $0 = State() }
    }
}
