/// Dates and times in ISO 8601, with any fraction of a second and any offset.
///
/// A time may follow the date after `T` or a blank, with or without seconds; without a time it is midnight.
package enum CalendarText {
    /// Reads a date, or a date and time.
    ///
    /// - Parameter text: For example `2026-05-31`, `2026-05-31T14:30Z` or `2026-05-31 14:30:00.25+02:00`.
    /// - Returns: The moment, which is in UTC unless the text has an offset; `nil` for any other text and for dates and
    ///   times that do not exist.
    package static func parse(_ text: String) -> Timestamp? {
        var rest = text.utf8[...]
        guard let year = number(&rest, digits: 4), skip(&rest, "-"), let month = number(&rest, digits: 2),
            skip(&rest, "-"), let day = number(&rest, digits: 2), let date = days(year, month, day)
        else { return nil }
        var microseconds = date * 86_400_000_000
        if !rest.isEmpty {
            guard skip(&rest, "T") || skip(&rest, "t") || skip(&rest, " "), let time = time(&rest),
                let offset = offset(&rest), rest.isEmpty
            else { return nil }
            microseconds += time - offset
        }
        return Timestamp(rawValue: microseconds)
    }

    /// The days from 1970-01-01 to 2000-01-01, where the time of Postgres begins.
    private static let epoch = 10_957

    /// Returns the days since 2000-01-01, or `nil` where there is no such day.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        guard year >= 1, let date = CivilDate(year: Int(year), month: Int(month), day: Int(day)) else { return nil }
        return Int64(date.daysSince1970 - epoch)
    }

    /// Microseconds since midnight.
    private static func time(_ rest: inout Substring.UTF8View) -> Int64? {
        guard let hour = number(&rest, digits: 2), hour < 24, skip(&rest, ":"), let minute = number(&rest, digits: 2),
            minute < 60
        else { return nil }
        var microseconds = (hour * 60 + minute) * 60_000_000
        if skip(&rest, ":") {
            guard let second = number(&rest, digits: 2), second < 60, let fraction = fraction(&rest) else { return nil }
            microseconds += second * 1_000_000 + fraction
        }
        return microseconds
    }

    /// Microseconds after a point or a comma; none without one, and what is finer is cut off.
    private static func fraction(_ rest: inout Substring.UTF8View) -> Int64? {
        guard skip(&rest, ".") || skip(&rest, ",") else { return 0 }
        let digits = rest.prefix { isDigit($0) }
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty ? nil : Int64((String(Substring(digits.prefix(6))) + "000000").prefix(6))
    }

    /// Microseconds that local time is ahead of UTC.
    private static func offset(_ rest: inout Substring.UTF8View) -> Int64? {
        guard !rest.isEmpty, !skip(&rest, "Z"), !skip(&rest, "z") else { return 0 }
        let isBehind = skip(&rest, "-")
        guard isBehind || skip(&rest, "+"), let hours = number(&rest, digits: 2), hours < 24 else { return nil }
        var minutes: Int64 = 0
        if !rest.isEmpty {
            _ = skip(&rest, ":")
            guard let number = number(&rest, digits: 2), number < 60 else { return nil }
            minutes = number
        }
        return (isBehind ? -1 : 1) * (hours * 60 + minutes) * 60_000_000
    }

    private static func number(_ rest: inout Substring.UTF8View, digits count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private static func skip(_ rest: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
