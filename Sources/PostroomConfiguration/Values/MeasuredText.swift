/// Numbers with units, one after the other, as in `1h 30m` or `8 MiB`.
package enum MeasuredText {
    /// One number and the unit after it, which is empty where there is none.
    package struct Part: Hashable {
        package let number: Int64
        package let unit: String
    }

    /// Takes a text apart.
    ///
    /// - Parameter text: Digits and letters; blanks may stand between them.
    /// - Returns: The parts in their order, or `nil` where the text is something else or a number is too large.
    package static func parts(of text: String) -> [Part]? {
        var rest = text.utf8[...]
        var parts: [Part] = []
        skipBlanks(&rest)
        while !rest.isEmpty {
            let digits = take(&rest) { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int64(digits) else { return nil }
            skipBlanks(&rest)
            let unit = take(&rest) { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
            skipBlanks(&rest)
            parts.append(Part(number: number, unit: unit))
        }
        return parts.isEmpty ? nil : parts
    }

    private static func take(_ rest: inout Substring.UTF8View, while condition: (UInt8) -> Bool) -> String {
        let taken = rest.prefix(while: condition)
        rest = rest[taken.endIndex...]
        return String(decoding: taken, as: UTF8.self)
    }

    private static func skipBlanks(_ rest: inout Substring.UTF8View) {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
    }
}

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

/// A number of bytes.
package struct ByteSize: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number of bytes.
    package let bytes: Int

    /// So many bytes.
    package init(bytes: Int) {
        self.bytes = bytes
    }

    /// So many times 1,024 bytes.
    package static func kibibytes(_ count: Int) -> ByteSize {
        ByteSize(bytes: count << 10)
    }

    /// So many times 1,048,576 bytes.
    package static func mebibytes(_ count: Int) -> ByteSize {
        ByteSize(bytes: count << 20)
    }

    package static func < (left: ByteSize, right: ByteSize) -> Bool {
        left.bytes < right.bytes
    }

    private static let units: [String: Int64] = [
        "": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000,
    ]

    /// Reads a size: `65536`, `64KiB`, `8 MiB`, `1 MB`; `nil` where the text is none.
    ///
    /// - Parameter text: One whole number and perhaps a unit, in upper or lower case.
    package init?(parsing text: String) {
        guard let parts = MeasuredText.parts(of: text), parts.count == 1 else { return nil }
        guard let factor = Self.units[parts[0].unit.lowercased()] else { return nil }
        let (product, overflows) = parts[0].number.multipliedReportingOverflow(by: factor)
        guard !overflows, let bytes = Int(exactly: product) else { return nil }
        self.bytes = bytes
    }

    /// The size in the largest unit that it is a multiple of, in the form that ``init(parsing:)`` reads.
    package var description: String {
        for (name, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(name)"
        }
        return String(bytes)
    }
}
