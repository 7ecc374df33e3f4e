import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Servers that share the deliveries", .serialized, .timeLimit(.minutes(3)))
struct ServerTests {
    private static let keys = (0..<200).map { "evt_\($0)" }

    private func migrator(_ configuration: InboxConfiguration) -> Migrator {
        Migrator(configuration: configuration, loop: TestServer.loop, logger: .silent)
    }

    /// Configurations of new servers, by their numbers.
    private func make(_ count: Int) async throws -> [InboxConfiguration] {
        var servers: [InboxConfiguration] = []
        for number in 0..<count {
            servers.append(try await TestServer.shared.makeServer(number))
        }
        return servers
    }

    /// Runs a body with the inboxes of servers.
    private func with(
        _ configurations: [InboxConfiguration],
        _ body: @Sendable ([TestInbox], Servers) async throws -> Void
    ) async throws {
        try await open(configurations[...], []) { tests in
            try await body(tests, Servers(tests.map(\.inbox), keyRetention: .seconds(30 * 86_400)))
        }
    }

    private func open(
        _ rest: ArraySlice<InboxConfiguration>,
        _ opened: [TestInbox],
        _ body: @Sendable ([TestInbox]) async throws -> Void
    ) async throws {
        guard let next = rest.first else { return try await body(opened) }
        try await TestInbox.with(next) { test in
            try await open(rest.dropFirst(), opened + [test], body)
        }
    }

    /// Stores requests as the receiver does: those of one home together, unless a former home knows their keys.
    private func store(_ keys: [String], in servers: Servers) async throws -> [String: IntakeReceipt] {
        let requests = keys.map { IncomingDelivery.sample(key: $0) }
        var receipts: [String: IntakeReceipt] = [:]
        for (home, inbox) in servers.inboxes.enumerated() {
            var open: [IncomingDelivery] = []
            let own = requests.filter { servers.home(of: $0) == home }
            for (request, finding) in zip(own, await servers.find(own)) {
                switch finding {
                case .new: open.append(request)
                case .known(let id):
                    receipts[request.identity.idempotencyKey] = IntakeReceipt(id: id, isDuplicate: true)
                case .unanswered: break
                }
            }
            guard !open.isEmpty else { continue }
            let stored = try await inbox.store(open, claimedBy: nil).receipts
            for (request, receipt) in zip(open, stored) {
                receipts[request.identity.idempotencyKey] = receipt
            }
        }
        return receipts
    }

    @Test("have ids that name them")
    func ids() async throws {
        try await with(try await make(3)) { tests, servers in
            let receipts = try await store(Self.keys, in: servers)
            for (number, test) in tests.enumerated() {
                let rows = try await test.query("SELECT id, idempotency_key FROM postroom.delivery")
                #expect(rows.count > Self.keys.count / 6)
                for row in rows {
                    let id = DeliveryID(rawValue: try #require(row[0].flatMap { Int64($0) }))
                    #expect(ServerNumber.of(id) == number)
                    #expect(receipts[row[1] ?? ""]?.id == id)
                }
                let worker = try await test.inbox.register(WorkerRegistration(label: "test", handlers: []))
                #expect(ServerNumber.of(id: worker.rawValue) == number)
                let ids = """
                    SELECT nextval('postroom.dead_letter_id') >> 40,
                           nextval(pg_get_serial_sequence('postroom.replay', 'id')) >> 40
                    """
                #expect(try await test.query(ids) == [["\(number)", "\(number)"]])
                #expect(try await migrator(test.inbox.configuration).sequencesBehind() == [])
            }
        }
    }

    @Test("know a key again")
    func duplicates() async throws {
        try await with(try await make(2)) { _, servers in
            let first = try await store(Self.keys, in: servers)
            #expect(first.values.allSatisfy { !$0.isDuplicate })
            let second = try await store(Self.keys, in: servers)
            #expect(second.values.allSatisfy { $0.isDuplicate })
            #expect(second.mapValues(\.id) == first.mapValues(\.id))
        }
    }

    @Test("know a key again that came before one of them was added, and before one began to drain")
    func change() async throws {
        var configurations = try await make(2)
        let first = Observed<[String: IntakeReceipt]>([:])
        try await with(configurations) { _, servers in
            let receipts = try await store(Self.keys, in: servers)
            first.update { $0 = receipts }
        }
        var added = InboxConfiguration(connectionString: try await TestServer.shared.makeEmptyDatabase())
        added.number = 2
        _ = try await migrator(added).migrate(joining: Timestamp(rawValue: .max / 2))
        configurations.append(added)
        configurations[0].draining = [0]
        try await with(configurations) { tests, servers in
            let again = try await store(Self.keys, in: servers)
            #expect(again.values.allSatisfy { $0.isDuplicate })
            #expect(again.mapValues(\.id) == first.current.mapValues(\.id))
            let later = try await store(Self.keys.map { "later_\($0)" }, in: servers)
            #expect(later.values.allSatisfy { !$0.isDuplicate })
            #expect(Set(later.values.map { ServerNumber.of($0.id) }) == [1, 2], "one that drains takes nothing new")
            #expect(try await tests[2].count("SELECT count(*) FROM postroom.delivery") > 50)
        }
    }

    @Test("answer for no key that one which can't be asked may know")
    func silent() async throws {
        var configurations = try await make(2)
        configurations[0].draining = [0]
        let gone = Inbox(configuration: configurations[0], loop: TestServer.loop, logger: .silent)
        try await TestInbox.with(configurations[1]) { test in
            let servers = Servers([gone, test.inbox], keyRetention: .seconds(30 * 86_400))
            let requests = Self.keys.map { IncomingDelivery.sample(key: $0) }
            let findings = await servers.find(requests)
            let unanswered = findings.count { if case .unanswered = $0 { true } else { false } }
            #expect((60...140).contains(unanswered), "the keys that were at home there, and no others")
            #expect(findings.count { $0 == .new } == requests.count - unanswered)
        }
    }

    @Test("are refused out of their order, and where two places lead to one database")
    func places() async throws {
        let configurations = try await make(2)
        var swapped = configurations[1]
        swapped.number = 0
        let error = await #expect(throws: MigrationError.self) { try await migrator(swapped).migrate() }
        #expect(error?.description.contains("place 0") == true && error?.description.contains("number 1") == true)
        let inbox = Inbox(configuration: swapped, loop: TestServer.loop, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await inbox.run() }
            let words = "place 0 of database.urls has the number 1"
            while inbox.connectionFailure(for: .receiving)?.contains(words) != true {
                try await Task.sleep(for: .milliseconds(20))
            }
            group.cancelAll()
        }
    }

    @Test("get no number beside the first where they were used alone")
    func usedAlone() async throws {
        let connectionString = try await TestServer.shared.makeInboxDatabase()
        try await TestInbox.with(connectionString: connectionString) { test in
            _ = try await test.inbox.store([.sample(key: "a")], claimedBy: nil)
            try await test.query("DELETE FROM postroom.server")
        }
        var configuration = InboxConfiguration(connectionString: connectionString)
        configuration.number = 1
        let error = await #expect(throws: MigrationError.self) { try await migrator(configuration).migrate() }
        #expect(error?.description.contains("used alone") == true)
        configuration.number = 0
        #expect(try await migrator(configuration).migrate() == [])
        #expect(try await migrator(configuration).server() == ServerRecord(number: 0, joinedAt: nil))
    }
}
