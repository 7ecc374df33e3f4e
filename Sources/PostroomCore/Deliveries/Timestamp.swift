#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A moment as Postgres keeps it: whole microseconds since 2000-01-01 00:00:00 UTC.
///
/// Reading one costs no conversion, and two of them compare exactly, which a `Date` of binary seconds can't promise.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 2000-01-01 00:00:00 UTC, Postgres' own epoch.
    public let rawValue: Int64

    /// Wraps Postgres' own number.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The moment of a date, rounded to microseconds.
    ///
    /// A date beyond what Postgres can hold becomes its `infinity` or `-infinity`.
    public init(_ date: Date) {
        let seconds = date.timeIntervalSince1970 - Self.epochInUnixSeconds
        let microseconds = (seconds * 1_000_000).rounded()
        self.rawValue = Int64(exactly: microseconds) ?? (microseconds < 0 ? .min : .max)
    }

    private static let epochInUnixSeconds = 946_684_800.0

    /// The moment as Foundation's type.
    public var date: Date {
        Date(timeIntervalSince1970: Double(rawValue) / 1_000_000 + Self.epochInUnixSeconds)
    }

    /// The moment in ISO 8601, UTC, with milliseconds.
    public var description: String {
        // Half a microsecond more: the binary seconds of a date lie a little beside the whole millisecond, and the format
        // cuts off what is below it.
        date.addingTimeInterval(0.000_000_5).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Orders moments by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The moment that much later, or Postgres' `infinity` where there is no such moment.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflows) = moment.rawValue.addingReportingOverflow(duration.microseconds)
        return Timestamp(rawValue: overflows ? (duration < .zero ? .min : .max) : sum)
    }
}

extension Duration {
    /// The duration in whole microseconds, rounded towards zero; the nearest number where it has more than 64 bits.
    public var microseconds: Int64 {
        let bound = Duration.seconds(Int64.max / 1_000_000 - 1)
        guard self > .zero - bound, self < bound else { return self < .zero ? .min : .max }
        return components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
