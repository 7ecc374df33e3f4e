import PostroomCore
import Testing

@testable import PostroomSources

@Suite("What an edit changes")
struct BodyDifferenceTests {
    private func difference(_ old: String, _ new: String) -> BodyDifference {
        BodyDifference(from: Array(old.utf8), to: Array(new.utf8), source: .wacht, sources: .builtIn)
    }

    @Test(
        "it is told from the first byte that differs to the last one",
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"a":1,"b":3}"#, "at byte 11: '2' becomes '3'"),
            (#"{"a":1}"#, #"{"a":1,"b":3}"#, #"at byte 6: nothing becomes ',"b":3'"#),
            (#"{"a":11}"#, #"{"a":1}"#, "at byte 6: '1' becomes nothing"),
        ]
    )
    func words(old: String, new: String, words: String) {
        #expect(difference(old, new).words == words)
    }

    @Test("the audit gets it as JSON, and values that are not shown are in neither")
    func json() {
        #expect(difference(#"{"a":"x"}"#, #"{"a":"\n"}"#).json == #"{"offset":6,"removed":"x","added":"\\n"}"#)
        let hidden = difference(#"{"password":"x"}"#, #"{"password":"y"}"#)
        #expect(hidden.json == #"{"hidden":true}"# && hidden.words == "only values that are not shown differ")
    }
}
