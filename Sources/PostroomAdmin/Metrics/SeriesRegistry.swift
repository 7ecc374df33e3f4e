/// Every series of the process, by metric and labels.
///
/// Labels can come from outside, so the number of series is bounded. What goes beyond the bound is refused, and
/// counted.
struct SeriesRegistry {
    /// A metric and its series.
    struct Family {
        let kind: SeriesKind
        var series: [String: any Series] = [:]
    }

    let limits: MetricLimits
    private(set) var families: [String: Family] = [:]
    /// How often a series was refused.
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

/// How many series a process may have.
public struct MetricLimits: Sendable {
    /// The most metrics.
    public var metrics: Int
    /// The most series of one metric.
    public var seriesPerMetric: Int

    /// Sets the limits.
    ///
    /// - Parameters:
    ///   - metrics: The most metrics.
    ///   - seriesPerMetric: The most series of one metric.
    public init(metrics: Int = 500, seriesPerMetric: Int = 1000) {
        self.metrics = metrics
        self.seriesPerMetric = seriesPerMetric
    }
}
