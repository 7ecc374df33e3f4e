/// What one request for the metrics is answered with, before it is text.
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
