import Synchronization

/// Whether silence says anything about the other workers.
///
/// While the inbox could not be reached everybody was silent. After such a time the others get one lease to be heard
/// before they are taken for dead.
final class Outage: Sendable {
    private struct State {
        var isOut = false
        var rescuesFrom = Duration.zero
    }

    private let lease: Duration
    private let state = Mutex(State())

    init(lease: Duration) {
        self.lease = lease
    }

    func began() {
        state.withLock { $0.isOut = true }
    }

    func ended(at now: Duration) {
        state.withLock { state in
            if state.isOut {
                state = State(isOut: false, rescuesFrom: now + lease)
            }
        }
    }

    func allowsRescue(at now: Duration) -> Bool {
        state.withLock { !$0.isOut && $0.rescuesFrom <= now }
    }
}
