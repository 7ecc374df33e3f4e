import FoundationEssentials
import Testing

@testable import PostroomSources

@Suite("Dates")
struct LenientDateTests {
    static let dates: [(String, Double?)] = [
        ("2026-03-04T10:00:00Z", 1_772_618_400),
        ("2026-03-04T10:00:00.000Z", 1_772_618_400),
        ("2026-03-04t10:00:00.5z", 1_772_618_400.5),
        ("2026-03-04T10:00:00.123456789+00:00", 1_772_618_400.123456789),
        ("2026-03-04 10:00:00.12345+00", 1_772_618_400.12345),
        ("2026-03-04T10:00:00-03:00", 1_772_629_200),
        ("2026-03-04T10:00:00+0530", 1_772_598_600),
        ("2026-03-04T10:00:00", 1_772_618_400),
        ("2026-03-04T23:59:60Z", 1_772_668_800),
        ("2026-03-04T24:00:00Z", 1_772_668_800),
        ("2026-03-04", 1_772_582_400),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("1900-02-29T00:00:00Z", nil),
        ("2026-02-30T00:00:00Z", nil),
        ("2026-13-01T00:00:00Z", nil),
        ("2026-00-01T00:00:00Z", nil),
        ("2026-03-04T25:00:00Z", nil),
        ("2026-03-04T24:00:01Z", nil),
        ("2026-03-04T10:60:00Z", nil),
        ("2026-03-04T10:00:61Z", nil),
        ("2026-03-04T10:00Z", nil),
        ("2026-03-04T10:00:00.Z", nil),
        ("2026-03-04T10:00:00.1234567890Z", nil),
        ("2026-03-04T10:00:00 Z", nil),
        ("2026-03-04T10:00:00Z ", nil),
        ("2026-03-04T10:00:00+1", nil),
        ("2026-03-04T10:00:00+24:00", nil),
        ("2026-3-4T10:00:00Z", nil),
        ("infinity", nil), ("-infinity", nil), ("", nil), ("1772618400", nil), ("２０２６-03-04", nil),
    ]

    @Test("the ways in which senders write dates are read, and others are not", arguments: dates)
    func parse(_ text: String, _ expected: Double?) throws {
        let date = LenientDate.parse(text)
        if let expected {
            #expect(abs(try #require(date).timeIntervalSince1970 - expected) < 0.000_001)
        } else {
            #expect(date == nil)
        }
    }

    @Test("a thousand dates since the Gregorian calendar agree with Foundation")
    func agrees() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            let date = unix(Double(Int.random(in: -11_600_000_000...60_000_000_000, using: &generator)))
            let text = date.formatted(Date.ISO8601FormatStyle())
            #expect(LenientDate.parse(text) == date, "\(text)")
        }
    }
}
