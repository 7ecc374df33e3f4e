import PostroomCore
import Testing

@Suite("Shared support")
struct SupportTests {
    @Test(
        "a day and the number of days since 1970 name each other",
        arguments: [
            (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1600, 2, 29, -135_081),
            (1900, 3, 1, -25_508), (2024, 12, 31, 20_088), (9999, 12, 31, 2_932_896), (0, 3, 1, -719_468),
            (-1, 12, 31, -719_529),
        ]
    )
    func days(year: Int, month: Int, day: Int, days: Int) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(date.daysSince1970 == days)
        #expect(CivilDate(daysSince1970: days) == date)
    }

    @Test("every day of 800 years follows the one before")
    func calendar() {
        var last = CivilDate(daysSince1970: -146_098)
        for number in -146_097...146_097 {
            let date = CivilDate(daysSince1970: number)
            let isNext =
                date.year == last.year && date.month == last.month && date.day == last.day + 1
                || date.year == last.year && date.month == last.month + 1 && date.day == 1 && last.day >= 28
                || date.year == last.year + 1 && date.month == 1 && date.day == 1 && last.month == 12 && last.day == 31
            if !isNext || date.daysSince1970 != number
                || CivilDate(year: date.year, month: date.month, day: date.day) != date
            {
                Issue.record("\(date) follows \(last)")
                return
            }
            last = date
        }
    }

    @Test(
        "there is no such day",
        arguments: [
            (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0), (2024, 1, 32),
        ]
    )
    func noDay(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test("pauses double up to the longest, lie within their spread, and begin again")
    func backoff() {
        var backoff = Backoff(from: .milliseconds(100), upTo: .seconds(1), spread: 0.8...1.2)
        let middle = (0..<6).map { _ in backoff.next(fraction: 0.5) }
        #expect(middle == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        #expect(backoff.next(fraction: 0) == .milliseconds(800))
        #expect(backoff.next(fraction: 1) == .milliseconds(1200))
        backoff.ease()
        #expect(backoff.next(fraction: 0.5) == .milliseconds(800))
        backoff.reset()
        #expect(backoff.next(fraction: 0.5) == .milliseconds(100))
    }

    @Test("hexadecimal decodes what it encoded, in either case, and nothing else")
    func hexadecimal() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hexadecimal.encode(bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.decode(text.utf8) == bytes)
        #expect(Hexadecimal.decode(text.uppercased().utf8) == bytes)
        for other in ["0", "000", "0g", "0x", " 00", "０0"] {
            #expect(Hexadecimal.decode(other.utf8) == nil)
        }
    }

    @Test(
        "a JSON string is what JSON.stringify writes",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f"# + "\u{7F}\""), ("é🎉\u{2028}", "\"é🎉\u{2028}\""),
        ]
    )
    func json(text: String, written: String) {
        #expect(JSONString.quoted(text) == written)
    }

    @Test("a JSON string escapes what it is asked to, in UTF-16")
    func escapedJSON() {
        var bytes: [UInt8] = []
        JSONString.append("é🎉\u{2028}", to: &bytes, escaping: { $0.value > 0xFF })
        #expect(String(decoding: bytes, as: UTF8.self) == #""é\ud83c\udf89\u2028""#)
    }
}
