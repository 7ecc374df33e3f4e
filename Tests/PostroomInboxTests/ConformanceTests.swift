import PostroomCore
import TestSupport
import Testing

@Suite("The inbox in Postgres")
struct ConformanceTests {
    @Test("does what every inbox must", arguments: QueueConformance.checks)
    func conforms(check: QueueConformance.Check) async throws {
        try await TestInbox.with { test in
            try await check.run(InboxUnderTest(intake: test.inbox, queue: test.inbox, inspection: test))
        }
    }
}
