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
