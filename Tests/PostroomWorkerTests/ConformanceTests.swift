import TestSupport
import Testing

@Suite("The inbox in memory")
struct ConformanceTests {
    @Test("does what every inbox must", arguments: QueueConformance.checks)
    func conforms(check: QueueConformance.Check) async throws {
        let inbox = InMemoryInbox()
        try await check.run(InboxUnderTest(intake: inbox, queue: inbox, inspection: inbox))
    }
}
