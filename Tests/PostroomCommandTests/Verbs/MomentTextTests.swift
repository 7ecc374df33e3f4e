import PostroomCore
import Testing

@testable import PostroomCommand

@Suite("Dates, times and ages in filters")
struct MomentTextTests {
    private static let now = moment("2026-05-31T12:00:00Z")

    @Test(
        "a date, a date and time, or an age is a moment",
        arguments: [
            ("2026-05-31", "2026-05-31T00:00:00.000Z"),
            ("2026-05-31T14:30", "2026-05-31T14:30:00.000Z"),
            ("2026-05-31T14:30:15", "2026-05-31T14:30:15.000Z"),
            ("2026-05-31 14:30:15", "2026-05-31T14:30:15.000Z"),
            ("2026-05-31t14:30:15z", "2026-05-31T14:30:15.000Z"),
            ("2026-05-31T14:30:15.25Z", "2026-05-31T14:30:15.250Z"),
            ("2026-05-31T14:30:15,123456789Z", "2026-05-31T14:30:15.123Z"),
            ("2026-05-31T14:30+02:00", "2026-05-31T12:30:00.000Z"),
            ("2026-05-31T14:30-0930", "2026-06-01T00:00:00.000Z"),
            ("2026-05-31T00:30:00+01", "2026-05-30T23:30:00.000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000Z"),
            ("2000-02-29", "2000-02-29T00:00:00.000Z"),
            ("1999-12-31T23:59:59Z", "1999-12-31T23:59:59.000Z"),
            ("1970-01-01", "1970-01-01T00:00:00.000Z"),
            ("2100-03-01", "2100-03-01T00:00:00.000Z"),
            ("2h", "2026-05-31T10:00:00.000Z"),
            ("30m", "2026-05-31T11:30:00.000Z"),
            ("3d", "2026-05-28T12:00:00.000Z"),
            ("1d12h", "2026-05-30T00:00:00.000Z"),
            ("90s", "2026-05-31T11:58:30.000Z"),
            ("0s", "2026-05-31T12:00:00.000Z"),
        ]
    )
    func reads(text: String, expected: String) {
        #expect(MomentText.parse(text)?.resolved(now: Self.now).description == expected)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", " ", "yesterday", "2", "h", "2x", "-2h", "2026", "2026-5-31", "2026-13-01", "2026-00-10", "2026-02-29",
            "1900-02-29", "2026-04-31", "2026-05-31T", "2026-05-31T24:00", "2026-05-31T12:60", "2026-05-31T12:00:60",
            "2026-05-31T12", "2026-05-31T12:00:00.", "2026-05-31T12:00+2", "2026-05-31T12:00+02:60",
            "2026-05-31T12:00:00 Z", "2026-05-31T12:00Zx", "2026-05-31T12:00+02:00 ", "2026-05-31Z", "0000-01-01",
            "99999999999999999d", "106751991d", "40000d", "２h",
        ]
    )
    func refuses(text: String) {
        #expect(MomentText.parse(text) == nil)
    }

    @Test("the same text reads back from what a moment says of itself")
    func roundTrip() {
        for day in stride(from: -40_000, through: 40_000, by: 97) {
            let moment = Timestamp(rawValue: Int64(day) * 86_400_000_000 + 3_723_000_000)
            #expect(CalendarText.parse(moment.description) == moment)
        }
    }
}
