import Synchronization

/// Keeps the longest of the times that it is told.
final class Worst: Sendable {
    private let longest = Mutex(Duration.zero)

    var value: Duration { longest.withLock(\.self) }

    func note(_ time: Duration) {
        longest.withLock { $0 = max($0, time) }
    }
}
