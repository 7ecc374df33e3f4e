/// The answer to one request for the metrics, before it is text.
struct MetricPage {
    private struct Entry {
        let kind: SeriesKind
        var series: [any Series]
        var samples: [String: (identity: SeriesIdentity, value: MetricText.Value)] = [:]
    }

    private static let refusedSeries = "postroom_metrics_refused_series_total"
    private static let lateCollections = "postroom_metrics_late_collections_total"

    private let limits: MetricLimits
    private var entries: [String: Entry]
    private var refusals: Int64
    private let late: Int64

    /// Takes down which series there are; their values are read later.
    init(_ registry: borrowing SeriesRegistry, lateCollections: Int64) {
        limits = registry.limits
        entries = registry.families.mapValues { Entry(kind: $0.kind, series: Array($0.series.values)) }
        refusals = registry.refusals
        late = lateCollections
    }

    /// Adds a collected figure.
    ///
    /// It is refused over the limits, and where its metric is one that this process counts itself.
    mutating func add(_ sample: MetricSample) {
        let identity = SeriesIdentity(name: sample.name, labels: sample.labels)
        let kind = sample.kind == .gauge ? SeriesKind.gauge : .counter
        var entry = entries[identity.name] ?? Entry(kind: kind, series: [])
        guard entry.series.isEmpty, entry.kind == kind, entry.samples[identity.labels] == nil,
            entry.samples.count < limits.seriesPerMetric, !entry.samples.isEmpty || entries.count < limits.metrics
        else {
            refusals += 1
            return
        }
        entry.samples[identity.labels] = (identity, .figure(sample.value))
        entries[identity.name] = entry
    }

    /// Writes everything, in the order of names and labels.
    func text(_ helpTexts: [String: String]) -> String {
        var text = MetricText()
        var entries = entries
        for (name, count) in [(Self.refusedSeries, refusals), (Self.lateCollections, late)] {
            let identity = SeriesIdentity(name: name, labels: [])
            entries[name] = Entry(kind: .counter, series: [], samples: ["": (identity, .count(count))])
        }
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            text.head(name: name, kind: entry.kind, help: helpTexts[name])
            for series in entry.series.sorted(by: { $0.identity.labels < $1.identity.labels }) {
                series.write(to: &text)
            }
            for (_, sample) in entry.samples.sorted(by: { $0.key < $1.key }) {
                text.line(sample.identity, value: sample.value)
            }
        }
        return text.string
    }
}

/// One figure that is read when somebody asks for the metrics, rather than counted along the way.
package struct MetricSample: Sendable {
    /// The kind of the figure.
    package enum Kind: Sendable {
        /// It goes up and down.
        case gauge
        /// It only goes up.
        case counter
    }

    /// The name of the metric.
    package let name: String
    /// The labels that tell it from others of that name.
    package let labels: [(String, String)]
    /// The figure.
    package let value: Double
    /// The kind of the figure.
    package let kind: Kind

    /// Describes a figure.
    ///
    /// - Parameters:
    ///   - name: The name of the metric.
    ///   - labels: The labels that tell it from others of that name.
    ///   - value: The figure.
    ///   - kind: The kind of the figure.
    package init(_ name: String, labels: [(String, String)] = [], value: Double, kind: Kind = .gauge) {
        self.name = name
        self.labels = labels
        self.value = value
        self.kind = kind
    }

    /// The figure `postroom_up`: always 1, with the program's version as its label.
    package static func up(version: String) -> MetricSample {
        MetricSample("postroom_up", labels: [("version", version)], value: 1)
    }
}

/// Reads figures when somebody asks for the metrics.
package typealias MetricCollector = @Sendable () async -> [MetricSample]

/// Metrics in Prometheus' text format, version 0.0.4.
struct MetricText {
    /// The value of a line.
    enum Value: Equatable {
        case count(Int64)
        case figure(Double)
    }

    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var string = ""

    /// Starts a metric.
    mutating func head(name: String, kind: SeriesKind, help: String?) {
        if let help {
            string += "# HELP \(name) \(SeriesIdentity.escaped(help, quotes: false))\n"
        }
        string += "# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Writes one value.
    mutating func line(_ identity: SeriesIdentity, suffix: String = "", upTo bound: Double? = nil, value: Value) {
        let range = bound.map { "le=\"\(Self.spelled($0))\"" }
        let labels = [identity.labels, range ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        string += identity.name
        string += suffix
        if !labels.isEmpty {
            string += "{\(labels)}"
        }
        switch value {
        case .count(let count): string += " \(count)\n"
        case .figure(let figure): string += " \(Self.spelled(figure))\n"
        }
    }

    /// A number as Prometheus reads it.
    static func spelled(_ value: Double) -> String {
        if value.isNaN {
            return "NaN"
        }
        if value.isInfinite {
            return value > 0 ? "+Inf" : "-Inf"
        }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// The meanings of Postroom's own metrics, as `# HELP` says them.
enum MetricHelp {
    static let texts = receiver.merging(worker) { $1 }.merging(inbox) { $1 }.merging(process) { $1 }

    private static let receiver = [
        "postroom_intake_requests_total": "Requests to an endpoint, by the answer they got.",
        "postroom_intake_refusals_total": "Requests that were not accepted, by reason.",
        "postroom_intake_unreadable_total": "Authentic requests whose body names no event type, by the reason why.",
        "postroom_intake_commit_seconds": "Time that the commit of a group of requests took in Postgres.",
        "postroom_intake_commit_size": "Requests that were committed together.",
        "postroom_intake_in_flight": "Requests that are being received or wait for their commit.",
        "postroom_intake_bytes_total": "Bytes of the bodies received.",
        "postroom_intake_evictions_total": "Slow senders that were answered 503 because memory for requests was short.",
        "postroom_receiver_connections": "Open connections of senders.",
        "postroom_receiver_turned_away_total":
            "Connections that were closed at once: too many, or too many of an address.",
    ]

    private static let worker = [
        "postroom_attempts_total": "Runs of a handler on an event, by outcome.",
        "postroom_attempt_seconds": "Time that a run of a handler took.",
        "postroom_worker_in_flight": "Deliveries that this worker holds and has not settled.",
        "postroom_worker_running": "Runs of a handler that have not ended.",
        "postroom_handler_slowed": "Whether a handler that fails all the time is slowed down: 1 or 0.",
        "postroom_claimed_deliveries_total": "Deliveries that this worker claimed or was handed.",
        "postroom_settle_seconds": "Time that settling and claiming took in Postgres.",
        "postroom_late_settlements_total": "Settlements that changed nothing, because the claim was lost before.",
        "postroom_spilled_pairs_total": "Slow (delivery, handler) pairs that left their batch and became retries.",
        "postroom_zombie_handlers": "Runs that ignored their cancellation and still go on.",
        "postroom_rescued_workers_total": "Silent workers whose claims this process returned.",
        "postroom_crash_strikes_total": "Crash suspects that ran when their process died.",
        "postroom_rescued_batches_total": "Batches that were returned from silent workers.",
        "postroom_event_oddities_total": "Places in events' bodies that did not fit and were left out, by event type.",
        "postroom_dead_letters_total": "Dead letters that this worker made, by reason.",
    ]

    private static let inbox = [
        "postroom_suspects_waiting": "Retries that wait to run alone, because workers died with them.",
        "postroom_oldest_waiting_seconds": "Age of the oldest batch that nobody has claimed.",
        "postroom_backlog_batches": "Batches that nobody has claimed.",
        "postroom_retries_waiting": "Retries that are owed, due or not.",
        "postroom_retries_due": "Retries that are due and that nobody has claimed.",
        "postroom_dead_letters": "Dead letters in the inbox, by reason.",
        "postroom_workers": "Workers that are registered.",
        "postroom_lost_total": "What this process found gone from the database while it was owed: never by our doing.",
    ]

    private static let process = [
        "postroom_up": "Always 1; the label says which version runs.",
        "postroom_metrics_refused_series_total": "Times that a series was refused: too many, or of another kind.",
        "postroom_metrics_late_collections_total": "Times that figures were left out: reading them took too long.",
    ]
}
