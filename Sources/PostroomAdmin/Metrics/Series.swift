/// What kind of series a metric has, as `# TYPE` says it.
enum SeriesKind: String, Sendable {
    case counter, gauge, histogram
}

/// The counts of one metric with one set of labels.
protocol Series: AnyObject, Sendable {
    static var kind: SeriesKind { get }

    var identity: SeriesIdentity { get }

    init(identity: SeriesIdentity)

    /// Writes its lines.
    func write(to text: inout MetricText)
}
