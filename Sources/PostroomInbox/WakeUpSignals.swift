import Synchronization

/// The wake-ups from the database to the workers of this process, and the requests for one to the connection that sends it.
///
/// All are coalesced: one pending signal stands for any number.
final class WakeUpSignals: Sendable {
    /// One element for each time another process should be woken.
    let notificationRequests: AsyncStream<Void>
    /// Work that may have become claimable.
    let work = Fan()
    /// Changes of handlers: paused, resumed or removed ones.
    let directory = Fan()
    private let requests: AsyncStream<Void>.Continuation

    init() {
        (notificationRequests, requests) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func requestNotification() {
        requests.yield()
    }

    func finish() {
        requests.finish()
        work.finish()
        directory.finish()
    }

    /// The listeners to one kind of signal.
    final class Fan: Sendable {
        private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

        /// A stream of signals, until ``finish()``.
        func subscribe() -> AsyncStream<Void> {
            let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            listeners.withLock { $0.append(continuation) }
            return stream
        }

        /// Signals everyone, and forgets those who stopped listening.
        func signal() {
            listeners.withLock { list in
                list.removeAll { continuation in
                    if case .terminated = continuation.yield() {
                        return true
                    }
                    return false
                }
            }
        }

        func finish() {
            for continuation in listeners.withLock(\.self) {
                continuation.finish()
            }
        }
    }
}
