import PostroomCore

/// The field with which a server says when to come back: seconds, or a date.
enum RetryAfter {
    /// Reads the field.
    ///
    /// - Parameters:
    ///   - text: Its value.
    ///   - sentAt: The value of the answer's `Date` field, whose clock is the one that a date was made by; `nil` for none.
    ///   - now: The seconds since 1970 by our own clock, where the answer has no date.
    /// - Returns: The time to wait; `nil` where the value is neither.
    static func delay(_ text: String, sentAt: String?, now: Int64) -> Duration? {
        let text = text.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return RetryPolicy.bounded(Int64(text).map { .seconds($0) } ?? RetryPolicy.longestDelay)
        }
        guard let date = HTTPDate.secondsSince1970(String(text)) else { return nil }
        return RetryPolicy.bounded(.seconds(date - (sentAt.flatMap(HTTPDate.secondsSince1970) ?? now)))
    }
}

/// Dates as HTTP writes them, in its present form and the two older ones
/// (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads a date: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Returns: The seconds since 1970, or `nil` for any other text.
    static func secondsSince1970(_ text: String) -> Int64? {
        guard text.utf8.count <= 64 else { return nil }
        var words = text.split(whereSeparator: { " ,".contains($0) })
        if words.count == 4 {
            words.replaceSubrange(1...1, with: words[1].split(separator: "-", omittingEmptySubsequences: false))
        }
        if words.count == 6, words[5] == "GMT" || words[5] == "UTC" {
            return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
        }
        return words.count == 5 ? seconds(day: words[2], month: words[1], year: words[4], time: words[3]) : nil
    }

    private static func seconds(day: Substring, month: Substring, year: Substring, time: Substring) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let month = months.firstIndex(of: String(month)), let day = number(day, 1...2), clock.count == 3,
            let hour = number(clock[0], 2...2), let minute = number(clock[1], 2...2),
            let second = number(clock[2], 2...2), hour < 24, minute < 60, second <= 60,
            let year = number(year, 2...2).map({ $0 + ($0 < 70 ? 2000 : 1900) }) ?? number(year, 4...4),
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        return Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func number(_ text: Substring, _ lengths: ClosedRange<Int>) -> Int? {
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isNumber && lengths.contains(text.utf8.count) ? Int(text) : nil
    }
}
