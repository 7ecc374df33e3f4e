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
