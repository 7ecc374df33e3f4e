import ArgumentParser

/// How many requests are sent in a time.
struct SendRate: Hashable, Sendable {
    /// The time from one request to the next.
    let interval: Duration

    /// Reads a rate.
    ///
    /// - Parameter text: A number and `/s`, `/m` or `/h`; without a unit it is per second.
    /// - Returns: The rate, or `nil` for any other text.
    static func parse(_ text: String) -> SendRate? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts[0].utf8.allSatisfy { ("0"..."9").contains(Unicode.Scalar($0)) || $0 == UInt8(ascii: ".") }
        guard isNumber, let number = Double(parts[0]), number >= 0.001, number <= 10_000_000 else { return nil }
        let seconds: Double
        switch parts.dropFirst().first {
        case nil, "s", "sec", "second": seconds = 1
        case "m", "min", "minute": seconds = 60
        case "h", "hour": seconds = 3600
        default: return nil
        }
        return SendRate(interval: .nanoseconds(Int64(seconds / number * 1_000_000_000)))
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> SendRate {
        guard let rate = parse(text) else {
            throw ValidationError("expected a number per time, for example 100/s, 0.5/s or 30/m")
        }
        return rate
    }
}
