import Synchronization

/// Whether the worker was told to stop.
final class Stopping: Sendable {
    /// Raised when it is told.
    let signal = Signal()
    private let requested = Mutex(false)

    var isRequested: Bool {
        requested.withLock { $0 }
    }

    func request() {
        requested.withLock { $0 = true }
        signal.raise()
    }
}
