import PostroomCore
import PostroomInbox
import PostroomSources
import Testing

@testable import PostroomCLI

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

    @Test("clocks that are apart by more than two seconds are told")
    func clocks() {
        let noon = Timestamp(rawValue: 0)
        let (early, late) = (Timestamp(rawValue: -3_000_000), Timestamp(rawValue: 3_000_000))
        #expect(DoctorCommand.clock(noon, between: early, and: late).isWell)
        #expect(!DoctorCommand.clock(early, between: noon, and: noon).isWell)
        #expect(!DoctorCommand.clock(late, between: noon, and: noon).isWell)
    }
}
