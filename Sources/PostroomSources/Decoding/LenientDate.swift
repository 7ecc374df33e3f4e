import FoundationEssentials
import PostroomCore

/// Dates as senders write them: RFC 3339 with zero to nine digits of fraction, `Z` or an offset with or without minutes,
/// Postgres' space for the `T`, and a date alone.
///
/// A text without an offset is taken as UTC. Postgres' `infinity` is no date.
enum LenientDate {
    /// Reads a string as a date; `nil` for other kinds.
    static func parse(_ value: JSONValue) -> Date? {
        value.string.flatMap(parse)
    }

    static func parse(_ text: String) -> Date? {
        var reader = DateReader(text)
        return reader.date()
    }

    /// Reads a number as seconds, or from 100 thousand million on milliseconds, since 1970.
    static func parseUnix(_ value: JSONValue) -> Date? {
        guard let number = value.number.flatMap(Double.init), number.isFinite, number >= 0 else { return nil }
        return Date(timeIntervalSince1970: number >= 100_000_000_000 ? number / 1000 : number)
    }
}

private struct DateReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    mutating func date() -> Date? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            let days = CivilDate(year: year, month: month, day: day)?.daysSince1970
        else { return nil }
        guard position < bytes.count else { return Date(timeIntervalSince1970: Double(days * 86400)) }
        guard take("T") || take("t") || take(" "), let (seconds, nanoseconds) = timeOfDay(), let offset = offset(),
            position == bytes.count
        else { return nil }
        return Date(timeIntervalSince1970: Double(days * 86400 + seconds - offset) + Double(nanoseconds) / 1e9)
    }

    private mutating func timeOfDay() -> (seconds: Int, nanoseconds: Int)? {
        guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
            minute < 60, second <= 60, hour < 24 || (hour == 24 && minute == 0 && second == 0)
        else { return nil }
        let seconds = hour * 3600 + minute * 60 + second
        guard take(".") || take(",") else { return (seconds, 0) }
        var nanoseconds = 0
        var digits = 0
        while let digit = digit() {
            nanoseconds = digits < 9 ? nanoseconds * 10 + digit : nanoseconds
            digits += 1
        }
        guard (1...9).contains(digits) else { return nil }
        for _ in digits..<9 {
            nanoseconds *= 10
        }
        return (seconds, nanoseconds)
    }

    /// Seconds east of Greenwich: `Z`, `+00`, `-03:00`, `+0530`, or nothing.
    private mutating func offset() -> Int? {
        if position == bytes.count || take("Z") || take("z") {
            return 0
        }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), hours < 24 else { return nil }
        guard position < bytes.count else { return sign * hours * 3600 }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 else { return nil }
        defer { position += 1 }
        return Int(bytes[position] - UInt8(ascii: "0"))
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
