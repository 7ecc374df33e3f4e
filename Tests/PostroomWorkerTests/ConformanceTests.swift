import TestSupport
import Testing

@Suite("The inbox in memory")
struct ConformanceTests {
    @Test("does what every inbox must", arguments: QueueConformance.checks, [Int16(1), 4])
    func conforms(check: QueueConformance.Check, shards: Int16) async throws {
        let inbox = InMemoryInbox(shards: shards)
        try await check.run(InboxUnderTest(intake: inbox, queue: inbox, inspection: inbox))
    }
}
