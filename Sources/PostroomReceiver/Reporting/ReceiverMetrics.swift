import CoreMetrics
import Synchronization

/// The metrics of requests and connections; each is made once and kept.
final class ReceiverMetrics: Sendable {
    private struct Refused: Hashable {
        let endpoint: String
        let reason: String
    }

    private let factory: any MetricsFactory
    private let refusals = Mutex<[Refused: Counter]>([:])
    private let turnedAway: [RefusalLog.TurnedAway: Counter]
    /// The senders that were ended because memory was short.
    let evictions: Counter
    let receivedBytes: Counter
    let inFlight: Meter
    let connections: Meter
    /// The counters for requests that name no endpoint.
    let withoutEndpoint: ResponseCounters

    /// The most (endpoint, reason) pairs that are counted apart; a reason beyond them is counted as `other`.
    private static let refusalPairs = 1024

    init(factory: any MetricsFactory) {
        self.factory = factory
        self.receivedBytes = Counter(label: "postroom_intake_bytes_total", factory: factory)
        self.inFlight = Meter(label: "postroom_intake_in_flight", factory: factory)
        self.connections = Meter(label: "postroom_receiver_connections", factory: factory)
        self.evictions = Counter(label: "postroom_intake_evictions_total", factory: factory)
        self.turnedAway = RefusalLog.TurnedAway.allCases.reduce(into: [:]) { counters, reason in
            counters[reason] = Counter(
                label: "postroom_receiver_turned_away_total",
                dimensions: [("reason", reason.rawValue)],
                factory: factory
            )
        }
        self.withoutEndpoint = ResponseCounters(endpoint: "", factory: factory)
    }

    func responseCounters(endpoint: String) -> ResponseCounters {
        ResponseCounters(endpoint: endpoint, factory: factory)
    }

    func silence(endpoint: String, expected: Duration) -> EndpointSilence {
        EndpointSilence(endpoint: endpoint, expected: expected, factory: factory)
    }

    func countTurnedAway(_ reason: RefusalLog.TurnedAway) {
        turnedAway[reason]?.increment()
    }

    func countRefusal(endpoint: String, reason: String) {
        let counter = refusals.withLock { counters in
            let isFull = counters.count >= Self.refusalPairs
            let key = Refused(endpoint: endpoint, reason: reason)
            if let counter = counters[key] {
                return counter
            }
            let kept = isFull ? Refused(endpoint: endpoint, reason: "other") : key
            if let counter = counters[kept] {
                return counter
            }
            let counter = Counter(
                label: "postroom_intake_refusals_total",
                dimensions: [("endpoint", kept.endpoint), ("reason", kept.reason)],
                factory: factory
            )
            counters[kept] = counter
            return counter
        }
        counter.increment()
    }
}

/// The counters of one endpoint's responses, by kind.
final class ResponseCounters: Sendable {
    private let counters: [Counter]

    init(endpoint: String, factory: any MetricsFactory) {
        counters = ResponseKind.allCases.map { kind in
            Counter(
                label: "postroom_intake_requests_total",
                dimensions: [("endpoint", endpoint), ("answer", kind.label)],
                factory: factory
            )
        }
    }

    func count(_ kind: ResponseKind) {
        counters[kind.rawValue].increment()
    }
}
