package import CoreMetrics
import Synchronization

/// Collects what the process measures through swift-metrics, and writes it down for Prometheus.
///
/// Bootstrap it once, and keep it for the admin server. Making a handler with the same label and dimensions again gives
/// the same series. Counting takes no lock, and recording a duration a very short one. Names and labels that Prometheus
/// would not take are respelled with underscores; timers are in seconds, and their names end in `_seconds`.
package final class PrometheusMetrics: MetricsFactory {
    private let registry: Mutex<SeriesRegistry>
    private let calls = Mutex<[SharedCall<[MetricSample]>]>([])
    private let lateCollections = Atomic<Int64>(0)
    private let helpTexts: [String: String]
    private let preface: String?

    /// Starts without any series.
    ///
    /// - Parameters:
    ///   - helpTexts: The meanings of metrics by name, beside those of Postroom's own.
    ///   - limits: The most series that there may be.
    ///   - preface: One line for people, to stand first as a comment.
    package init(helpTexts: [String: String] = [:], limits: MetricLimits = MetricLimits(), preface: String? = nil) {
        self.preface = preface
        self.helpTexts = MetricCatalogue.helpTexts.merging(helpTexts) { $1 }
        self.registry = Mutex(SeriesRegistry(limits: limits))
    }

    /// Adds figures that are read whenever somebody asks for the metrics.
    ///
    /// Requests that overlap share one reading. One that takes too long is left out of that answer and counted.
    ///
    /// - Parameter collector: Reads the figures; it gives none where they can't be had.
    package func register(collector: @escaping MetricCollector) {
        calls.withLock { $0.append(SharedCall(collector)) }
    }

    /// Everything in Prometheus' text format, in the order of the names.
    ///
    /// It waits for every collector, however long that takes; the admin server does not.
    package func render() async -> String {
        await render { await $0.value() }
    }

    /// Everything in Prometheus' text format, with the collectors' figures as far as `collect` gets them.
    func render(
        collecting collect: @escaping @Sendable (SharedCall<[MetricSample]>) async -> [MetricSample]?
    ) async -> String {
        let calls = calls.withLock { $0 }
        let collections = await withTaskGroup(of: (Int, [MetricSample]?).self) { group in
            for (place, call) in calls.enumerated() {
                group.addTask { (place, await collect(call)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let inOrder = collections.sorted { $0.0 < $1.0 }.map(\.1)
        lateCollections.wrappingAdd(Int64(inOrder.count { $0 == nil }), ordering: .relaxed)

        var page = registry.withLock { registry in
            MetricPage(registry, lateCollections: lateCollections.load(ordering: .relaxed))
        }
        for sample in inOrder.compactMap(\.self).joined() {
            page.add(sample)
        }
        return (preface.map { "# \($0)\n" } ?? "") + page.text(helpTexts)
    }

    private func series<Kind: Series>(
        _ type: Kind.Type,
        _ name: String,
        _ labels: [(String, String)]
    ) -> Kind? {
        let reserved = Kind.kind == .histogram ? "le" : nil
        let identity = SeriesIdentity(name: name, labels: labels, reservedLabel: reserved)
        return registry.withLock { $0.series(type, identity) }
    }

    private func remove(_ handler: Any) {
        if let series = handler as? any Series {
            registry.withLock { $0.remove(series) }
        }
    }
}

/// The factory that swift-metrics asks of its back end.
extension PrometheusMetrics {
    /// Makes a counter of whole numbers.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a counter that can be raised by a fraction.
    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a gauge.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(GaugeSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a histogram, or a gauge where only the last value counts.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let made: (any RecorderHandler)? =
            aggregate
            ? series(HistogramSeries.self, label, dimensions) : series(GaugeSeries.self, label, dimensions)
        return made ?? NOOPMetricsHandler.instance
    }

    /// Makes a histogram of seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = label.hasSuffix("_seconds") ? label : label + "_seconds"
        return series(HistogramSeries.self, name, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Forgets a counter.
    package func destroyCounter(_ handler: any CounterHandler) {
        remove(handler)
    }

    /// Forgets a counter.
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove(handler)
    }

    /// Forgets a gauge.
    package func destroyMeter(_ handler: any MeterHandler) {
        remove(handler)
    }

    /// Forgets a histogram or gauge.
    package func destroyRecorder(_ handler: any RecorderHandler) {
        remove(handler)
    }

    /// Forgets a histogram.
    package func destroyTimer(_ handler: any TimerHandler) {
        remove(handler)
    }
}

/// Every series of the process, by metric and labels.
///
/// Labels can come from outside, so the number of series is bounded. A series beyond the bound is refused, and
/// counted.
struct SeriesRegistry {
    /// A metric and its series.
    struct Family {
        let kind: SeriesKind
        var series: [String: any Series] = [:]
    }

    let limits: MetricLimits
    private(set) var families: [String: Family] = [:]
    /// The number of refused series.
    private(set) var refusals: Int64 = 0

    init(limits: MetricLimits) {
        self.limits = limits
    }

    /// The series with that identity, made where it is new; `nil` where it is refused: over a limit, or its metric is of
    /// another kind.
    mutating func series<Kind: Series>(_ type: Kind.Type, _ identity: SeriesIdentity) -> Kind? {
        let family = families[identity.name] ?? Family(kind: Kind.kind)
        if let known = family.series[identity.labels] as? Kind {
            return known
        }
        let isWithinLimits =
            family.series.isEmpty
            ? families.count < limits.metrics : family.series.count < limits.seriesPerMetric
        guard family.kind == Kind.kind, isWithinLimits else {
            refusals += 1
            return nil
        }
        let series = Kind(identity: identity)
        families[identity.name, default: family].series[identity.labels] = series
        return series
    }

    /// Forgets a series, and with the last one its metric.
    mutating func remove(_ series: any Series) {
        let identity = series.identity
        guard let known = families[identity.name]?.series[identity.labels], known === series else {
            return
        }
        families[identity.name]?.series[identity.labels] = nil
        if families[identity.name]?.series.isEmpty == true {
            families[identity.name] = nil
        }
    }
}

/// The most series that a process may have.
package struct MetricLimits: Sendable {
    /// The most metrics.
    package var metrics: Int
    /// The most series of one metric.
    package var seriesPerMetric: Int

    /// Sets the limits.
    ///
    /// - Parameters:
    ///   - metrics: The most metrics.
    ///   - seriesPerMetric: The most series of one metric.
    package init(metrics: Int = 500, seriesPerMetric: Int = 1000) {
        self.metrics = metrics
        self.seriesPerMetric = seriesPerMetric
    }
}
