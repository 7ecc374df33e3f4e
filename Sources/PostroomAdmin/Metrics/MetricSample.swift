/// One figure that is read when somebody asks for the metrics, rather than counted along the way.
public struct MetricSample: Sendable {
    /// What kind of figure it is.
    public enum Kind: Sendable {
        /// It goes up and down.
        case gauge
        /// It only goes up.
        case counter
    }

    /// The name of the metric.
    public let name: String
    /// The labels that tell it from others of that name.
    public let labels: [(String, String)]
    /// The figure.
    public let value: Double
    /// What kind of figure it is.
    public let kind: Kind

    /// Describes a figure.
    ///
    /// - Parameters:
    ///   - name: The name of the metric.
    ///   - labels: The labels that tell it from others of that name.
    ///   - value: The figure.
    ///   - kind: Whether it goes up and down.
    public init(_ name: String, labels: [(String, String)] = [], value: Double, kind: Kind = .gauge) {
        self.name = name
        self.labels = labels
        self.value = value
        self.kind = kind
    }

    /// The figure `postroom_up`: always 1, with the program's version as its label.
    public static func up(version: String) -> MetricSample {
        MetricSample("postroom_up", labels: [("version", version)], value: 1)
    }
}

/// Reads figures when somebody asks for the metrics.
public typealias MetricCollector = @Sendable () async -> [MetricSample]
