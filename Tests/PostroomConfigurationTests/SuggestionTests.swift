import PostroomCore
import Testing

@testable import PostroomConfiguration

@Suite("Suggestions and what is shown of what was found")
struct SuggestionTests {
    @Test(
        "the nearest word is suggested",
        arguments: [
            ("prot", "port"), ("Port", "port"), ("statement_timeout", "statement-timeout"),
            ("statementTimeout", "statement-timeout"), ("shema", "schema"), ("hosts", "host"),
        ]
    )
    func suggests(text: String, word: String) {
        #expect(Suggestion.nearest(to: text, in: ["host", "port", "schema", "statement-timeout"]) == word)
    }

    @Test("nothing is suggested for what is near nothing", arguments: ["", "colour", "x", "-", "timeout"])
    func suggestsNothing(text: String) {
        #expect(Suggestion.nearest(to: text, in: ["host", "port", "schema", "statement-timeout"]) == nil)
    }

    @Test(
        "a distance counts letters added, dropped, changed and swapped",
        arguments: [
            ("", "", 0), ("a", "", 1), ("abc", "abd", 1), ("abc", "acb", 1), ("abc", "cba", 2), ("ab", "xaby", 2),
        ]
    )
    func distance(left: String, right: String, distance: Int) {
        #expect(NearestWord.distance(Array(left), Array(right)) == distance)
    }

    @Test(
        "a found text is shown in quotes, cut and escaped",
        arguments: [
            ("", "nothing"), ("abc", "'abc'"), ("a\u{1B}[2Jb", #"'a\u{1b}[2Jb'"#),
            (String(repeating: "ab ", count: 30), "'" + String(repeating: "ab ", count: 16) + "…'"),
        ]
    )
    func found(text: String, shown: String) {
        #expect(DisplayedValue.of(text) == shown)
    }

    @Test(
        "a found text that looks like a secret is not shown",
        arguments: [
            "whsec_abc", "Bearer abc", "postgres://u:p@h/d", "password=x", "my secret", "0123456789abcdef01234567",
            "sk-abc", "dyn_abc",
        ]
    )
    func foundSecret(text: String) {
        #expect(DisplayedValue.of(text) == "a text that is not shown here")
    }
}
