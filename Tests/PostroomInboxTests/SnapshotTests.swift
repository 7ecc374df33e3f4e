import PostgresClient
import PostroomInbox
import TestSupport
import Testing

@Suite("Old snapshots")
struct SnapshotTests {
    @Test("who holds one is named with role, application and state, and nobody is once it is gone")
    func named() async throws {
        try await TestInbox.with { test in
            let settings = PostgresConfiguration(connectionString: test.connectionString, applicationName: "report")
            let reader = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
            _ = try await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
            _ = try await reader.query("SELECT count(*) FROM postroom.delivery")
            let holder = try #require(
                try await test.inbox.snapshotHolders(heldFor: .zero).first { $0.application == "report" }
            )
            #expect(holder.holder.hasPrefix("backend "))
            #expect(holder.role?.isEmpty == false)
            #expect(holder.state == "idle in transaction")
            #expect(holder.heldFor ?? .zero > .zero)
            #expect(holder.query == "SELECT count(*) FROM postroom.delivery")
            #expect(try await test.inbox.snapshotHolders(heldFor: .seconds(3600)).isEmpty)
            _ = try await reader.query("COMMIT")
            #expect(try await test.inbox.snapshotHolders(heldFor: .zero).allSatisfy { $0.application != "report" })
            await reader.close()
        }
    }
}
