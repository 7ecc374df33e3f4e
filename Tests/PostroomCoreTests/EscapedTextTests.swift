import Testing

@testable import PostroomCore

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
}
