import Synchronization

/// Passes wake-ups from the database to the workers of this process, and requests for one to the connection that sends it.
///
/// Both are coalesced: one pending signal stands for any number.
final class WakeUpSignals: Sendable {
    /// One element for each time another process should be woken.
    let notificationRequests: AsyncStream<Void>
    private let requests: AsyncStream<Void>.Continuation
    private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

    init() {
        (notificationRequests, requests) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func requestNotification() {
        requests.yield()
    }

    /// A stream of wake-ups, until ``finish()``.
    func subscribe() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    /// Wakes everyone, and forgets those who stopped listening.
    func wake() {
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
        requests.finish()
        for continuation in listeners.withLock(\.self) {
            continuation.finish()
        }
    }
}
