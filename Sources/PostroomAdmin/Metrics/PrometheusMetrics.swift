public import CoreMetrics
import Synchronization

/// Collects what the process measures through swift-metrics, and writes it down for Prometheus.
///
/// Bootstrap it once, and keep it for the admin server. Making a handler with the same label and dimensions again gives
/// the same series. Counting takes no lock, and recording a duration a very short one. Names and labels that Prometheus
/// would not take are respelled with underscores; timers are in seconds, and their names end in `_seconds`.
public final class PrometheusMetrics: MetricsFactory {
    private let registry: Mutex<SeriesRegistry>
    private let calls = Mutex<[SharedCall<[MetricSample]>]>([])
    private let lateCollections = Atomic<Int64>(0)
    private let helpTexts: [String: String]

    /// Starts without any series.
    ///
    /// - Parameters:
    ///   - helpTexts: What each metric means, by name, beside what is known of Postroom's own.
    ///   - limits: How many series there may be.
    public init(helpTexts: [String: String] = [:], limits: MetricLimits = MetricLimits()) {
        self.helpTexts = MetricHelp.texts.merging(helpTexts) { $1 }
        self.registry = Mutex(SeriesRegistry(limits: limits))
    }

    /// Adds figures that are read whenever somebody asks for the metrics.
    ///
    /// Requests that overlap share one reading. One that takes too long is left out of that answer and counted.
    ///
    /// - Parameter collector: Reads the figures; it gives none where they can't be had.
    public func register(collector: @escaping MetricCollector) {
        calls.withLock { $0.append(SharedCall(collector)) }
    }

    /// Everything in Prometheus' text format, in the order of the names.
    ///
    /// It waits for every collector, however long that takes; the admin server does not.
    public func render() async -> String {
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
        return page.text(helpTexts)
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

/// What swift-metrics asks of its back end.
extension PrometheusMetrics {
    /// Makes a counter of whole numbers.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a counter that can be raised by a fraction.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(CounterSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(GaugeSeries.self, label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a histogram, or a gauge where only the last value counts.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let made: (any RecorderHandler)? =
            aggregate
            ? series(HistogramSeries.self, label, dimensions) : series(GaugeSeries.self, label, dimensions)
        return made ?? NOOPMetricsHandler.instance
    }

    /// Makes a histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = label.hasSuffix("_seconds") ? label : label + "_seconds"
        return series(HistogramSeries.self, name, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Forgets a counter.
    public func destroyCounter(_ handler: any CounterHandler) {
        remove(handler)
    }

    /// Forgets a counter.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        remove(handler)
    }

    /// Forgets a gauge.
    public func destroyMeter(_ handler: any MeterHandler) {
        remove(handler)
    }

    /// Forgets a histogram or gauge.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        remove(handler)
    }

    /// Forgets a histogram.
    public func destroyTimer(_ handler: any TimerHandler) {
        remove(handler)
    }
}
