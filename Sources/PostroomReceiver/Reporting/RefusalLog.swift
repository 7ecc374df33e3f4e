import Logging
import NIOCore
import Synchronization

/// Tells operators of refused requests, so seldom that nobody can flood the log by sending them.
final class RefusalLog: Sendable {
    private let tally = Mutex(RefusalTally(window: .seconds(10)))
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func record(endpoint: String, reason: String, at now: NIODeadline) {
        let key = RefusalTally.Key(endpoint: endpoint, reason: reason)
        if tally.withLock({ $0.record(key, at: now) }) {
            report(key, count: 1)
        }
    }

    /// Reports what has not been; called every second or so.
    func reportDue(at now: NIODeadline) {
        for (key, count) in tally.withLock({ $0.due(at: now) }) {
            report(key, count: count)
        }
    }

    private func report(_ key: RefusalTally.Key, count: Int) {
        logger.info(
            "Requests are refused",
            metadata: ["endpoint": "\(key.endpoint)", "reason": "\(key.reason)", "count": "\(count)"]
        )
    }
}
