extension ValueFormat where Value == Int {
    /// Whole numbers of a range.
    package static func number(_ range: ClosedRange<Int>) -> ValueFormat {
        ValueFormat("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Self.wholeNumber(text).flatMap { range.contains($0) ? $0 : nil }
        } write: {
            String($0)
        }
    }

    /// Port numbers; 0 lets the system choose a free one.
    package static let port = ValueFormat("a port number from 1 to 65535, or 0 for any free port") {
        text throws(ValueRefusal) in
        guard let port = Self.wholeNumber(text), (0...65535).contains(port) else {
            throw ValueRefusal(hint: Self.serviceLinkHint(text))
        }
        return port
    } write: {
        String($0)
    }

    /// Digits only: `Int` alone would take a sign.
    private static func wholeNumber(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    /// Kubernetes puts variables like `POSTROOM_RECEIVER_PORT=tcp://10.0.0.1:80` into pods beside a service of that name.
    private static func serviceLinkHint(_ text: String) -> String? {
        guard text.hasPrefix("tcp://") || text.hasPrefix("udp://") else { return nil }
        return "Kubernetes sets this for a service of that name; set 'enableServiceLinks: false' in the pod"
    }
}

extension ValueFormat where Value == Duration {
    /// Durations of a range.
    package static func duration(_ range: ClosedRange<Duration>) -> ValueFormat {
        let bounds = "from \(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound))"
        return ValueFormat("a duration \(bounds), for example 500ms, 15s, 2h or 30d") { text throws(ValueRefusal) in
            guard let duration = DurationText.parse(text) else {
                let isBareNumber = MeasuredText.parts(of: text).map { $0.count == 1 && $0[0].unit.isEmpty } ?? false
                throw ValueRefusal(hint: isBareNumber ? "a unit is missing; write '\(text)s' for seconds" : nil)
            }
            guard range.contains(duration) else { throw ValueRefusal() }
            return duration
        } write: {
            DurationText.render($0)
        }
    }
}

extension ValueFormat where Value == ByteSize {
    /// Sizes of a range.
    package static func size(_ range: ClosedRange<ByteSize>) -> ValueFormat {
        ValueFormat("a size from \(range.lowerBound) to \(range.upperBound), for example 64KiB, 1MiB or 65536") {
            text in
            ByteSize(parsing: text).flatMap { range.contains($0) ? $0 : nil }
        } write: {
            $0.description
        }
    }
}
