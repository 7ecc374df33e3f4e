import PostroomCore
import PostroomInbox
import Testing

@testable import PostroomCLI

@Suite("The doctor's judgements")
struct DoctorTests {
    @Test("clocks that are apart by more than two seconds are told")
    func clocks() {
        let noon = Timestamp(rawValue: 0)
        let (early, late) = (Timestamp(rawValue: -3_000_000), Timestamp(rawValue: 3_000_000))
        #expect(DoctorCommand.clock(noon, between: early, and: late).isWell)
        #expect(!DoctorCommand.clock(early, between: noon, and: noon).isWell)
        #expect(!DoctorCommand.clock(late, between: noon, and: noon).isWell)
    }
}
