import CoreMetrics
import Logging
import NIOCore
import PostroomCore
import Synchronization

/// Counts authentic deliveries that name no event type though their source promises one, and tells operators of them, at
/// most once for each endpoint and kind in ten seconds.
///
/// They are kept and answered like all others: their sender can't mend them by trying again.
final class UnreadableReport: Sendable {
    private let factory: any MetricsFactory
    private let logger: Logger
    private let counters = Mutex<[Key: Counter]>([:])
    private let tally = Mutex(Tally<Key>(window: .seconds(10)))

    private struct Key: Hashable, Sendable {
        let endpoint: String
        let reason: String
    }

    init(factory: any MetricsFactory, logger: Logger) {
        self.factory = factory
        self.logger = logger
    }

    func record(endpoint: String, _ kind: UnreadableReason.Kind, at now: NIODeadline) {
        // Endpoints are configured and kinds are few, so that what is remembered stays bounded.
        let key = Key(endpoint: endpoint, reason: kind.rawValue)
        counter(key).increment()
        if tally.withLock({ $0.record(key, at: now) }) {
            report(key, count: 1)
        }
    }

    /// Reports the deliveries that have not been; called every second or so.
    func reportDue(at now: NIODeadline) {
        for line in tally.withLock({ $0.due(at: now) }) {
            report(line.key, count: line.count)
        }
    }

    private func counter(_ key: Key) -> Counter {
        counters.withLock { counters in
            if let counter = counters[key] {
                return counter
            }
            let counter = Counter(
                label: "postroom_intake_unreadable_total",
                dimensions: [("endpoint", key.endpoint), ("reason", key.reason)],
                factory: factory
            )
            counters[key] = counter
            return counter
        }
    }

    private func report(_ key: Key, count: Int) {
        logger.warning(
            "Deliveries name no event type; they are kept, and only handlers of every event get them",
            metadata: ["endpoint": "\(key.endpoint)", "reason": "\(key.reason)", "count": "\(count)"]
        )
    }
}
