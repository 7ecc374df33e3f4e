package import CoreMetrics
package import Logging
package import PostroomAdmin
import PostroomCore
import PostroomInbox
import ServiceLifecycle

/// The log and the metrics of a process that serves.
package struct Telemetry: Sendable {
    /// The logger of all services.
    package let logger: Logger
    /// The factory of everything that is counted.
    package let factory: any MetricsFactory
    /// The page of `GET /metrics`.
    ///
    /// Beside a factory of the program's own it holds the figures of the inbox, and says where the others are.
    package let page: PrometheusMetrics
    /// A mark of programs that count in a factory of their own.
    package let countsElsewhere: Bool

    /// Names a log, and metrics: the program's own, or a page of Postroom's.
    package init(logger: Logger, metrics: (any MetricsFactory)? = nil) {
        self.logger = logger
        self.countsElsewhere = metrics != nil
        self.page = PrometheusMetrics(preface: metrics.map { Self.preface(type(of: $0)) })
        self.factory = metrics ?? page
    }

    /// Makes everything that the process logs and counts go one way, but for what the program has set up itself; once in a
    /// process, before the program is made.
    ///
    /// - Parameters:
    ///   - logger: The logger of the configuration, for programs without a log of their own.
    ///   - own: The program's own systems.
    /// - Returns: The log and the metrics of the process.
    package static func bootstrap(_ logger: Logger, own: ProgramTelemetry = ProgramTelemetry()) -> Telemetry {
        let telemetry = Telemetry(logger: own.logger ?? logger, metrics: own.metrics)
        if own.logger == nil {
            LoggingSystem.bootstrap { _ in logger.handler }
        }
        if own.metrics == nil {
            MetricsSystem.bootstrap(telemetry.page)
        }
        return telemetry
    }

    private static func preface(_ factory: any MetricsFactory.Type) -> String {
        """
        This program counts in a metrics factory of its own (\(factory)), which has its series; \
        here are the figures of the inbox only, which it has too.
        """
    }
}

/// The logging and metrics systems that a program has set up itself.
package struct ProgramTelemetry: Sendable {
    /// The program's logger, or `nil` where Postroom sets up the log.
    package var logger: Logger?
    /// The program's metrics, or `nil` where Postroom sets them up.
    package var metrics: (any MetricsFactory)?

    /// Names the systems; without any, all are Postroom's.
    package init(logger: Logger? = nil, metrics: (any MetricsFactory)? = nil) {
        self.logger = logger
        self.metrics = metrics
    }
}

/// Brings the figures that Postroom's own page reads when somebody asks into a factory that nobody asks through Postroom.
struct FigureRelay: Service {
    /// The factory of the program's own.
    let factory: any MetricsFactory
    /// Reads the figures.
    let collect: MetricCollector
    /// The time between two readings.
    var interval = Duration.seconds(15)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var figures = RelayedFigures(factory: factory)
            while !Task.isCancelled {
                figures.take(await collect())
                try? await Task.sleep(for: interval)
            }
        }
    }
}

/// The figures that came last, each with its series in the program's factory.
struct RelayedFigures {
    private struct Key: Hashable {
        let name: String
        let labels: [String]
    }

    private let factory: any MetricsFactory
    private var gauges: [Key: Meter] = [:]
    private var counters: [Key: (counter: Counter, value: Double)] = [:]

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Takes over what was read: a gauge stands at the figure, a counter rises by the difference.
    ///
    /// A gauge that was not read any more, for example of a handler that is gone, is removed from the factory.
    mutating func take(_ samples: [MetricSample]) {
        var seen: Set<Key> = []
        for sample in samples {
            let key = Key(name: sample.name, labels: sample.labels.flatMap { [$0.0, $0.1] })
            seen.insert(key)
            switch sample.kind {
            case .gauge:
                let gauge = gauges[key] ?? Meter(label: sample.name, dimensions: sample.labels, factory: factory)
                gauges[key] = gauge
                gauge.set(sample.value)
            case .counter:
                let known =
                    counters[key] ?? (Counter(label: sample.name, dimensions: sample.labels, factory: factory), 0)
                known.counter.increment(by: Int64(max(0, sample.value - known.value)))
                counters[key] = (known.counter, sample.value)
            }
        }
        for (key, gauge) in gauges where !seen.contains(key) {
            gauge.destroy()
            gauges[key] = nil
        }
    }
}
