import Testing

@testable import PostroomConfiguration

@Suite("Durations and sizes as text")
struct DurationTextTests {
    @Test(
        "a duration reads as people write it",
        arguments: [
            ("30d", .seconds(2_592_000)), ("15s", .seconds(15)), ("500ms", .milliseconds(500)), ("2h", .seconds(7200)),
            ("5m", .seconds(300)), ("1h30m", .seconds(5400)), ("1h 30m", .seconds(5400)), ("1 h 30 m", .seconds(5400)),
            ("0s", .zero), (" 15s ", .seconds(15)), ("1d2h3m4s5ms", .milliseconds(93_784_005)), ("007s", .seconds(7)),
        ] as [(String, Duration)]
    )
    func reads(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", " ", "15", "s", "1.5s", "-1s", "+1s", "1S", "30m1h", "1s1s", "1w", "1min", "1 000ms x",
            "9223372036854775807d",
            "99999999999999999999s", "9223372036854775807ms1s", "1h,30m", "½h", "1\ts",
        ]
    )
    func refuses(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        "a duration is written in the form that is read",
        arguments: [0, 1, 999, 1000, 1001, 59_999, 60_000, 3_600_000, 5_400_000, 86_400_000, 93_784_005, 2_592_000_000]
    )
    func rendersWhatItReads(milliseconds: Int) {
        let duration = Duration.milliseconds(milliseconds)
        #expect(DurationText.parse(DurationText.render(duration)) == duration)
    }

    @Test(
        "a size reads as people write it",
        arguments: [
            ("65536", 65_536), ("1MiB", 1_048_576), ("8 MiB", 8_388_608), ("64KiB", 65_536), ("2GiB", 2_147_483_648),
            ("1kB", 1000), ("1 MB", 1_000_000), ("3GB", 3_000_000_000), ("12B", 12), ("1mib", 1_048_576), ("0", 0),
        ]
    )
    func readsSize(text: String, bytes: Int) {
        #expect(ByteSize(parsing: text)?.bytes == bytes)
    }

    @Test(
        "what is no size is refused",
        arguments: ["", "MiB", "1M", "1K", "1.5MiB", "-1", "1MiB2KiB", "9223372036854775807KiB", "1 TB", "1e6"]
    )
    func refusesSize(text: String) {
        #expect(ByteSize(parsing: text) == nil)
    }

    @Test("a size is written in the form that is read", arguments: [0, 1, 1000, 1024, 65_536, 1_048_576, 3 << 30])
    func rendersSize(bytes: Int) {
        #expect(ByteSize(parsing: ByteSize(bytes: bytes).description)?.bytes == bytes)
    }
}
