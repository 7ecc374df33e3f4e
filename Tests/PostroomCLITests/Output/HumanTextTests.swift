import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("Figures for people")
struct HumanTextTests {
    @Test(
        "a duration is told in its two largest units",
        arguments: [
            (.zero, "0ms"), (.microseconds(5), "<1ms"), (.milliseconds(35), "35ms"), (.milliseconds(999), "999ms"),
            (.milliseconds(1000), "1s"), (.milliseconds(1449), "1.4s"), (.milliseconds(9999), "9.9s"),
            (.seconds(10), "10s"),
            (.seconds(59), "59s"), (.seconds(192), "3m 12s"), (.seconds(180), "3m"), (.seconds(3599), "59m 59s"),
            (.seconds(7500), "2h 5m"), (.seconds(86_400 * 4 + 3600 * 3 + 59), "4d 3h"), (.seconds(86_400), "1d"),
            (.seconds(-5), "-5s"),
        ] as [(Duration, String)]
    )
    func duration(duration: Duration, text: String) {
        #expect(HumanText.duration(duration) == text)
    }

    @Test(
        "an age is told from now",
        arguments: [(192_000_000, "3m 12s ago"), (900_000, "just now"), (0, "just now"), (-5_000_000, "in 5s")]
    )
    func age(microseconds: Int64, text: String) {
        let now = Timestamp(rawValue: 800_000_000_000_000)
        #expect(HumanText.age(of: Timestamp(rawValue: now.rawValue - microseconds), now: now) == text)
    }

    @Test(
        "a count has a comma after each thousand",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
            (Int64.min, "-9,223,372,036,854,775,808"),
        ] as [(Int64, String)]
    )
    func count(number: Int64, text: String) {
        #expect(HumanText.count(number) == text)
    }

    @Test(
        "a size is told in the unit that fits",
        arguments: [
            (0, "0 B"), (812, "812 B"), (1023, "1023 B"), (1024, "1 KiB"), (1434, "1.4 KiB"), (65_536, "64 KiB"),
            (1_048_576, "1 MiB"), (150 << 20, "150 MiB"), (3 << 30, "3 GiB"), (5000 << 30, "5000 GiB"),
        ]
    )
    func size(bytes: Int, text: String) {
        #expect(HumanText.size(bytes: bytes) == text)
    }

    @Test(
        "a text's width counts what a terminal shows",
        arguments: [("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("👩‍👩‍👧‍👦", 2), ("❤️", 2), ("…", 1), ("", 0), ("🇩🇪", 2)]
    )
    func width(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(
        "a text is cut to a width",
        arguments: [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 4, "日…"), ("日本語", 5, "日本…"), ("abc", 1, "…")]
    )
    func cut(text: String, width: Int, shown: String) {
        #expect(DisplayWidth.cut(text, to: width) == shown)
    }

    @Test(
        "colour is only for a terminal that wants it",
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm"], true),
        ] as [(Bool, [String: String], Bool)]
    )
    func colour(isTerminal: Bool, environment: [String: String], isOn: Bool) {
        let style = Style.wanted(isTerminal: isTerminal, environment: environment)
        #expect(style.isOn == isOn)
        #expect(style("a", .red) == (isOn ? "\u{1B}[31ma\u{1B}[0m" : "a"))
        #expect(style("a", nil) == "a")
    }
}
