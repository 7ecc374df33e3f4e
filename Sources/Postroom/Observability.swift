public import CoreMetrics
public import Logging

/// The logging and metrics systems of a program that serves.
///
/// Of each that the program does not name, Postroom sets up its own: a log on standard error in the configured form, and a
/// page for Prometheus at `/metrics` of the admin address. A system that the program names it has set up itself: Postroom
/// bootstraps nothing in its place, since a second bootstrap would end the process. Tracing is always the program's.
public struct Observability: Sendable {
    /// The program's logger, or `nil` where Postroom sets up the log.
    public var logger: Logger?
    /// The factory that everything is counted in, or `nil` where Postroom sets up the metrics.
    public var metrics: (any MetricsFactory)?

    /// Names the systems that the program has set up itself; without any, all are Postroom's.
    ///
    /// - Parameters:
    ///   - logger: The logger of everything that Postroom and the handlers log. Its level and its form are its own, and
    ///     `log.level` and `log.format` mean nothing.
    ///   - metrics: The factory of every series, those included that are read from the database now and then. `/metrics`
    ///     then says in words that the series are elsewhere.
    public init(logger: Logger? = nil, metrics: (any MetricsFactory)? = nil) {
        self.logger = logger
        self.metrics = metrics
    }

    /// The systems that the program has bootstrapped for the whole process.
    public static var bootstrapped: Observability {
        Observability(logger: Logger(label: "postroom"), metrics: MetricsSystem.factory)
    }
}
