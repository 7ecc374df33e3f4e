import PostroomCore
import PostroomInbox

/// The events of the last hour, over all processes.
struct Rates: Sendable {
    /// Accepted deliveries by minute; `nil` where nothing is known of one.
    private(set) var received: [Double?]
    /// Handled jobs by minute.
    private(set) var handled: [Double?]
    /// Failed attempts by minute.
    private(set) var failed: [Double?]
    /// The age of the oldest owed delivery by minute, in seconds.
    private(set) var oldestOwed: [Double?]
    /// The endpoints by name.
    let endpoints: [EndpointRates]
    private let handlers: [String: HandlerRates]

    private static let minute: Int64 = 60_000_000

    /// Arranges what was read.
    ///
    /// The minute that runs is left out while others are known: it would always look like a fall.
    init(_ flows: [Flow], _ trend: [TrendPoint], now: Timestamp) {
        let running = now.rawValue / Self.minute
        let known = Set(flows.map { $0.minute.rawValue / Self.minute } + trend.map { $0.minute.rawValue / Self.minute })
        let last = known.contains { $0 < running } ? running - 1 : running
        let hour = Array(last - 59...last)
        func amounts(_ isMeant: (Flow) -> Bool) -> [Double?] {
            var sums: [Int64: Int] = [:]
            for flow in flows where isMeant(flow) {
                sums[flow.minute.rawValue / Self.minute, default: 0] += flow.amount
            }
            return hour.map { known.contains($0) ? Double(sums[$0] ?? 0) : nil }
        }
        received = amounts { $0.kind == "request" && $0.detail == "accepted" }
        handled = amounts { $0.kind == "attempt" && HandlerRates.handled.contains($0.detail) }
        failed = amounts { $0.kind == "attempt" && HandlerRates.failed.contains($0.detail) }
        let ages = Dictionary(
            trend.map { ($0.minute.rawValue / Self.minute, Double($0.oldest.microseconds) / 1_000_000) }
        ) { max($0, $1) }
        oldestOwed = hour.map { ages[$0] }
        let byName = Dictionary(grouping: flows) { $0.name }
        endpoints = byName.filter { !$0.key.isEmpty && $0.value.contains { $0.kind == "request" } }
            .map { EndpointRates(name: $0.key, $0.value) }
            .sorted { $0.name < $1.name }
        handlers = byName.mapValues { HandlerRates($0) }
    }

    /// The events of a handler; none where nothing is known of it.
    func handler(_ name: HandlerName) -> HandlerRates {
        handlers[name.rawValue] ?? HandlerRates([])
    }
}

/// The events of an endpoint in the last hour.
struct EndpointRates: Sendable {
    let name: String
    let accepted: Int
    let duplicates: Int
    let refused: Int
    /// The refused requests by reason, the most frequent first.
    let refusals: [(reason: String, count: Int)]

    init(name: String, _ flows: [Flow]) {
        func sum(_ answer: String) -> Int {
            flows.filter { $0.kind == "request" && $0.detail == answer }.reduce(0) { $0 + $1.amount }
        }
        self.name = name
        accepted = sum("accepted")
        duplicates = sum("duplicate")
        refused = sum("refused")
        refusals = Dictionary(grouping: flows.filter { $0.kind == "refusal" }, by: \.detail)
            .map { (reason: $0.key, count: $0.value.reduce(0) { $0 + $1.amount }) }
            .sorted { $0.count > $1.count }
    }
}

/// The events of a handler in the last hour.
struct HandlerRates: Sendable {
    /// The outcomes of attempts that end a job well.
    static let handled: Set<String> = ["handled", "ignored"]
    /// The outcomes of attempts that failed.
    static let failed: Set<String> = ["retried", "timed-out", "dead"]

    let handled: Int
    let failed: Int
    /// Attempts by the bit length of their duration in microseconds.
    private let durations: [Int: Int]

    init(_ flows: [Flow]) {
        let attempts = flows.filter { $0.kind == "attempt" }
        handled = attempts.filter { Self.handled.contains($0.detail) }.reduce(0) { $0 + $1.amount }
        failed = attempts.filter { Self.failed.contains($0.detail) }.reduce(0) { $0 + $1.amount }
        durations = flows.filter { $0.kind == "duration" }
            .reduce(into: [:]) { durations, flow in
                durations[Int(flow.detail) ?? 0, default: 0] += flow.amount
            }
    }

    /// The duration that a share of the attempts did not exceed, as the upper end of a range; `nil` without attempts.
    func quantile(_ share: Double) -> Duration? {
        let total = durations.values.reduce(0, +)
        var sum = 0
        for (bits, count) in durations.sorted(by: { $0.key < $1.key }) {
            sum += count
            if Double(sum) >= Double(total) * share {
                return .microseconds(Int64(1) << Int64(min(bits, 40)))
            }
        }
        return nil
    }
}

extension ConsoleData {
    /// Reads the events of the last hour.
    func rates(now: Timestamp) async throws -> Rates {
        async let flows = inbox.flows()
        async let trend = inbox.trend()
        return try await Rates(flows, trend, now: now)
    }
}
