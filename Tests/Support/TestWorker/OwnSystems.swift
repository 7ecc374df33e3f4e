import CoreMetrics
import Postroom

/// A log and metrics that are not Postroom's.
enum OwnSystems {
    /// Sets them up for the process.
    static func bootstrap() -> Observability {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        MetricsSystem.bootstrap(NOOPMetricsHandler.instance)
        return .bootstrapped
    }
}
