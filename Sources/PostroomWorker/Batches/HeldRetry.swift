import PostroomCore
import Synchronization

/// A claimed retry on its way through its handler.
final class HeldRetry: Sendable {
    private enum State {
        case waiting
        case running
        case ended
    }

    let retry: ClaimedRetry
    /// Whether it is marked in the inbox as the one that runs.
    let isSuspect: Bool
    private let session: Session
    private let state = Mutex(State.waiting)

    init(_ retry: ClaimedRetry, isSuspect: Bool = false, session: Session) {
        self.retry = retry
        self.isSuspect = isSuspect
        self.session = session
    }

    var isWaiting: Bool {
        state.withLock { $0 == .waiting }
    }

    /// Begins the attempt.
    ///
    /// - Returns: Whether it is still to be run.
    func begin() -> Bool {
        move(from: .waiting, to: .running)
    }

    /// Hands in what became of it.
    func end(_ outcome: JobOutcome) {
        state.withLock { $0 = .ended }
        session.ended(retry.key, outcome)
    }

    /// Gives it back where it has not begun.
    func release() {
        if move(from: .waiting, to: .ended) {
            session.ended(retry.key, .owed(dueIn: .zero, failure: nil))
        }
    }

    /// Nobody waits for it any more.
    func abandon() {
        state.withLock { $0 = .ended }
    }

    private func move(from old: State, to new: State) -> Bool {
        state.withLock { state in
            guard state == old else { return false }
            state = new
            return true
        }
    }
}
