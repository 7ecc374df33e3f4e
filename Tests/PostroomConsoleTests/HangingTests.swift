import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@testable import PostroomConsole

@Suite("Pages whose statements hang", .timeLimit(.minutes(3)))
struct HangingTests {
    /// Every page that reads, and the searches that walk.
    private static let pages = [
        "", "deliveries", "deliveries?key=evt_1", "deliveries?handler=crm&state=dead", "deliveries?state=unreadable",
        "deliveries?type=user.*&since=2h", "delivery?id=256", "dead-letters", "dead-letters?type=user.*&handler=crm",
        "dead-letter?id=1", "replays", "replay?id=1", "handlers", "endpoints", "endpoint?name=hooks", "workers",
        "audit",
    ]

    /// Locks every table until its connection is ended.
    private static let locker = """
        DO $$ DECLARE place regclass; BEGIN
            FOR place IN SELECT oid FROM pg_class WHERE relnamespace = 'postroom'::regnamespace AND relkind IN ('r', 'p')
            LOOP EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', place); END LOOP;
            PERFORM pg_sleep(600);
        END $$
        """

    @Test("the statement timeout ends them, a banner stands in their place, and they are back when nothing hangs")
    func banner() async throws {
        try await Rig.with { usual in
            // Shorter than the wait for a lock, which would end them too.
            let configuration = InboxConfiguration(
                connectionString: usual.inbox.connectionString,
                statementTimeout: .milliseconds(100)
            )
            let hasty = Inbox(configuration: configuration, loop: TestServer.loop, logger: .silent)
            let rig = Rig(
                inbox: usual.inbox,
                console: Rig.console(.withTokens, hasty, limit: .seconds(120))
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await hasty.runForAdministration() }
                try await Self.withLocks(on: usual.inbox) {
                    for page in Self.pages {
                        let answer = await rig.get("/console/\(page)")
                        #expect(answer.status == 503, "\(page): \(answer.status)")
                        #expect(answer.main.contains("The inbox can’t be read right now"), "\(page)")
                        #expect(answer.main.contains("statement timeout"), "\(page): \(answer.main)")
                    }
                }
                group.cancelAll()
            }
            for page in Self.pages {
                let answer = await usual.get("/console/\(page)")
                #expect([200, 404].contains(answer.status), "\(page): \(answer.status)")
            }
        }
    }

    /// Runs a body while every table is locked.
    private static func withLocks(on inbox: TestInbox, _ body: () async throws -> Void) async throws {
        let holders = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await inbox.query(locker) }
            while try await inbox.count("SELECT count(*) \(holders)") == 0 {
                try Task.checkCancellation()
                await Task.yield()
            }
            try await body()
            try await inbox.query("SELECT pg_terminate_backend(pid) \(holders)")
            try await group.waitForAll()
        }
    }
}
