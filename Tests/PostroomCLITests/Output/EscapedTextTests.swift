import Testing

@testable import PostroomCLI

@Suite("Text of strangers")
struct EscapedTextTests {
    @Test(
        "what acts on a terminal is shown as an escape",
        arguments: [
            ("plain text", "plain text"), ("a\nb", #"a\nb"#), ("a\r\nb", #"a\r\nb"#), ("a\tb", #"a\tb"#),
            ("\u{1B}[31mred", #"\u{1b}[31mred"#), ("\u{0}", #"\u{0}"#), ("\u{7F}", #"\u{7f}"#),
            ("\u{9B}2J", #"\u{9b}2J"#),
            ("\u{202E}txt.exe", #"\u{202e}txt.exe"#), ("\u{2066}a\u{2069}", #"\u{2066}a\u{2069}"#),
            ("\u{2028}", #"\u{2028}"#), ("a\u{E0041}", #"a\u{e0041}"#), ("日本 é 👩‍👧", "日本 é 👩‍👧"),
            ("back\\slash", "back\\slash"),
        ]
    )
    func escapes(text: String, shown: String) {
        #expect(EscapedText.of(text) == shown)
    }

    @Test("bytes that are not UTF-8 can be shown")
    func bytes() {
        #expect(EscapedText.of(bytes: [0x61, 0xFF, 0x0A]) == "a\u{FFFD}\\n")
    }

    @Test(
        "colour is only for a terminal that wants it",
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm"], true),
        ] as [(Bool, [String: String], Bool)]
    )
    func colour(isTerminal: Bool, environment: [String: String], isOn: Bool) {
        let paint = Paint.wanted(isTerminal: isTerminal, environment: environment)
        #expect(paint.isOn == isOn)
        #expect(paint("a", .red) == (isOn ? "\u{1B}[31ma\u{1B}[0m" : "a"))
        #expect(paint("a", nil) == "a")
    }
}
