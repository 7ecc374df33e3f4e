import FoundationEssentials
import Testing

@testable import PostroomCLI

@Suite("Times of log lines")
struct LogTimeTests {
    private static func text(_ milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        LogTime(milliseconds: milliseconds).append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "a time is written in ISO 8601 with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_772_357_400_042, "2026-03-01T09:30:00.042Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        ]
    )
    func known(milliseconds: Int64, text: String) {
        #expect(Self.text(milliseconds) == text)
    }

    @Test("a time is what the calendar says, on every day of a century")
    func calendar() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: Int64(0), to: 36_525, by: 7) {
            let milliseconds = day * 86_400_000 + day * 37_123 % 86_400_000
            let seconds = Double(milliseconds / 1000) + Double(milliseconds % 1000) / 1000 + 0.0001
            #expect(Self.text(milliseconds) == Date(timeIntervalSince1970: seconds).formatted(style))
        }
    }

    @Test("the time of now is now")
    func now() {
        #expect(abs(Double(LogTime.now().milliseconds) / 1000 - Date().timeIntervalSince1970) < 60)
    }
}
