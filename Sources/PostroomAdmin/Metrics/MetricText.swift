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
