import CoreMetrics
import PostroomCore
import Synchronization

/// The counters of oddities: places in decoded events' bodies that are not as their producers promise.
///
/// There is a counter for each event type that had something odd: at most as many as handlers have typed events.
final class OddityMetrics: Sendable {
    private struct Kind: Hashable {
        let source: Source
        let eventType: String?
    }

    private let factory: any MetricsFactory
    private let counters = Mutex<[Kind: Counter]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Counts the oddities of a delivery, at its first attempts.
    func count(_ prepared: PreparedDelivery) {
        guard prepared.oddities > 0 else { return }
        let kind = Kind(source: prepared.event.source, eventType: prepared.event.type)
        let counter = counters.withLock { counters in
            if let counter = counters[kind] {
                return counter
            }
            let dimensions = [("source", kind.source.rawValue), ("event_type", kind.eventType ?? "")]
            let counter = Counter(label: "postroom_event_oddities_total", dimensions: dimensions, factory: factory)
            counters[kind] = counter
            return counter
        }
        counter.increment(by: prepared.oddities)
    }
}
