/// Durations as people write them in configuration: `30d`, `1h30m`, `15s`, `500ms`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a duration.
    ///
    /// - Parameter text: Whole numbers with the units d, h, m, s and ms, each at most once and the largest first.
    /// - Returns: The duration, or `nil` for any other text.
    package static func parse(_ text: String) -> Duration? {
        guard let parts = MeasuredText.parts(of: text) else { return nil }
        var total: Int64 = 0
        var smallest = -1
        for part in parts {
            guard let index = units.firstIndex(where: { $0.name == part.unit }), index > smallest else { return nil }
            smallest = index
            let (product, productOverflows) = part.number.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, sumOverflows) = total.addingReportingOverflow(product)
            guard !productOverflows, !sumOverflows else { return nil }
            total = sum
        }
        return .milliseconds(total)
    }

    /// Writes a duration in the form that ``parse(_:)`` reads, to the millisecond.
    package static func render(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }
}
