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

    @Test(
        "does so where its number among several servers begins each id",
        .serialized,
        arguments: QueueConformance.checks
    )
    func conformsWithNumber(check: QueueConformance.Check) async throws {
        try await TestInbox.with(try await TestServer.shared.makeServer(31)) { test in
            try await check.run(InboxUnderTest(intake: test.inbox, queue: test.inbox, inspection: test))
        }
    }
}
