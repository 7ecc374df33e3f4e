import PostroomCore
import Synchronization

/// The capacity that the receiver in this process has reserved for its commits, whichever session runs at the time.
final class HandOffReservations: Sendable {
    private struct State {
        var session: Session?
        var reserved = WorkSize.zero
        /// `true` while reservations are refused, so that those under way come to their end.
        var isHeld = false
    }

    private let state = Mutex(State())
    /// Raised when nothing is reserved any more.
    let isQuiet = Signal()

    var session: Session? {
        state.withLock { $0.session }
    }

    var reserved: WorkSize {
        state.withLock { $0.reserved }
    }

    func open(_ session: Session) {
        state.withLock { state in
            state.session = session
            state.isHeld = false
        }
    }

    func close() {
        state.withLock { $0.session = nil }
    }

    /// Refuses reservations until ``release()``.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    func release() {
        state.withLock { $0.isHeld = false }
    }

    func reserve(_ size: WorkSize) -> WorkerID? {
        state.withLock { state in
            guard let session = state.session, !state.isHeld else { return nil }
            guard session.fits(size, reserved: state.reserved) else { return nil }
            state.reserved += size
            return session.worker
        }
    }

    /// Ends a reservation; the end of the last one wakes the session that waits for it.
    func end(_ size: WorkSize) {
        let (isLast, waiting) = state.withLock { state in
            state.reserved -= size
            return (state.reserved == .zero, state.isHeld ? state.session : nil)
        }
        guard isLast else { return }
        waiting?.settlements.workSignal.raise()
        isQuiet.raise()
    }
}
