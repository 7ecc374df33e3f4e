import Glibc
import PostroomCore
import PrivatePostgres
import ProgramHarness
import Subprocess
import Synchronization
import Testing

@Suite("Three servers that share the deliveries", .timeLimit(.minutes(15)))
struct ServersTests {
    /// The ways in which a server is out of use.
    enum Fault: String, CaseIterable, Sendable {
        case killed
        case frozen
        case readOnly = "read-only"
    }

    private static let victim = 2

    @Test("lose the share of one that is out of use, and nothing else", arguments: Fault.allCases)
    func share(fault: Fault) async throws {
        try await Self.withServers(3) { scene, servers in
            let databases = servers.map { Database(connectionString: $0.connectionString) }
            // The threes of seconds are what a fault lasts at least; nothing is measured by them.
            let environment = ["POSTROOM_RECEIVER_COMMIT_TIMEOUT": "3s", "POSTROOM_WORKER_LEASE": "3s"]
            try await scene.serve(handlers: ["crm"], environment: environment) { program in
                for database in databases {
                    try await database.waitForWorkers()
                }
                let load = Load(port: try await program.receiverPort())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await load.run() }
                    try await load.wait("there is no load") { $0.accepted.count > 100 }
                    let heal = try await Self.begin(fault, of: servers[Self.victim])
                    try await load.wait("the victim's share is not refused") { $0.refused.count > 20 }
                    load.mark("during")
                    try await load.wait("the others' deliveries do not flow") { ledger in
                        ledger.names["during", default: []].count { ledger.accepted[$0] != nil } > 200
                    }
                    let admin = try await program.adminPort()
                    let ready = try await Sender.get("/health/ready", port: admin)
                    #expect(ready.status == 200, "\(ready.body)")
                    try await heal()
                    let healed = ContinuousClock.now
                    load.mark("after")
                    try await load.wait("what came back does not flow") { ledger in
                        ledger.names["after", default: []].contains { ledger.accepted[$0].map { $0 >> 48 } == 2 }
                    }
                    print("servers: \(fault.rawValue): flows \(ContinuousClock.now - healed) after it came back")
                    load.end()
                    try await group.waitForAll()
                }
                let ledger = load.ledger
                let during = ledger.names["during", default: []]
                let others = during.filter { ledger.accepted[$0].map { $0 >> 48 } != Int64(Self.victim) }
                // A machine that is busy for seconds may refuse a few; nobody's may wait for the victim.
                let refused = others.filter(ledger.refused.contains)
                #expect(refused.count * 10 < others.count, "of \(others.count) of the others: \(refused)")
                #expect(ledger.names["all"]?.allSatisfy { ledger.accepted[$0] != nil } == true)
                for (number, database) in databases.enumerated() {
                    try await database.waitUntilDrained()
                    let stored = try await database.deliveries()
                    let answered = ledger.accepted.filter { $0.value >> 48 == number }
                    #expect(answered.count > 20)
                    #expect(answered.allSatisfy { stored[$0.key] == $0.value }, "what was answered 200 is there")
                    let handled = Set(try await database.handledPairs().map(\.delivery))
                    #expect(answered.values.allSatisfy(handled.contains))
                }
                let lost = "this worker was taken for dead; it drops its claims and registers anew"
                let victims = program.log.entries.filter { $0.message == lost }
                #expect(victims.allSatisfy { $0["server"] == "\(Self.victim)" }, "only the victim's worker may be")
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    /// Begins a fault.
    ///
    /// - Returns: Its end.
    private static func begin(_ fault: Fault, of server: PrivatePostgres) async throws
        -> @Sendable () async throws -> Void
    {
        let database = Database(connectionString: server.connectionString)
        switch fault {
        case .killed:
            await server.kill()
            return { try await server.restart() }
        case .frozen:
            let backends = try await database.query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            let pids = backends.compactMap { $0.first.flatMap(\.self).flatMap { Int32($0) } }
            let all = try [#require(await server.processID)] + pids
            all.forEach { kill($0, SIGSTOP) }
            return { all.reversed().forEach { kill($0, SIGCONT) } }
        case .readOnly:
            try await database.query("ALTER SYSTEM SET default_transaction_read_only = on")
            try await database.query("SELECT pg_reload_conf()")
            return {
                try await database.query("ALTER SYSTEM RESET default_transaction_read_only")
                try await database.query("SELECT pg_reload_conf()")
            }
        }
    }

    /// Runs a body with servers, migrated as the places of one configuration.
    private static func withServers(
        _ count: Int,
        _ body: @Sendable (Scene, [PrivatePostgres]) async throws -> Void
    ) async throws {
        try await Scene.withFolder { folder in
            try await start(count, in: folder, []) { servers in
                let scene = try Scene(folder: folder, database: servers[0].connectionString)
                let urls = servers.map { "\"\($0.connectionString)\"" }.joined(separator: ", ")
                let configuration = TestFolder.read(folder.file("postroom.yaml"))
                let lines = configuration.split(separator: "\n")
                    .map { $0.hasPrefix("database:") ? "database: {urls: [\(urls)]}" : String($0) }
                try folder.write(lines.joined(separator: "\n"), to: "postroom.yaml")
                let migrated = try await scene.verb("migrate")
                guard migrated.status == .exited(0) else { throw Unexpected(migrated.errors) }
                try await body(scene, servers)
            }
        }
    }

    private static func start(
        _ count: Int,
        in folder: TestFolder,
        _ started: [PrivatePostgres],
        _ body: @Sendable ([PrivatePostgres]) async throws -> Void
    ) async throws {
        guard started.count < count else { return try await body(started) }
        let server = try await PrivatePostgres.start(.init(directory: folder.file("pg\(started.count)")))
        do {
            try await start(count, in: folder, started + [server], body)
            await server.stop()
        } catch {
            await server.stop()
            throw error
        }
    }
}

/// A sender at a steady pace, whatever the answers: what is refused comes again.
private final class Load: Sendable {
    struct Ledger: Sendable {
        /// The deliveries by their keys.
        var accepted: [String: Int64] = [:]
        /// The keys that were answered otherwise at least once.
        var refused: Set<String> = []
        /// The keys that were first sent since a mark.
        var names: [String: [String]] = ["all": []]
    }

    private let state = Observed(Ledger())
    private let isOver = Flag()
    private let port: Int

    init(port: Int) {
        self.port = port
    }

    var ledger: Ledger { state.current }

    func mark(_ name: String) {
        state.update { $0.names[name] = [] }
    }

    func end() {
        isOver.raise()
    }

    /// Waits until something that stays has happened.
    func wait(_ complaint: String, until holds: @escaping @Sendable (Ledger) -> Bool) async throws {
        guard await state.wait(atMost: .seconds(90), until: holds) else { throw Unexpected(complaint) }
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var number = 0
            while !isOver.isRaised {
                number += 1
                let key = "load-\(number)"
                state.update { ledger in
                    for name in ledger.names.keys {
                        ledger.names[name]?.append(key)
                    }
                }
                group.addTask { try await self.send(key) }
                try await Task.sleep(for: .milliseconds(20))
            }
            try await group.waitForAll()
        }
    }

    private func send(_ key: String) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let answer = try? await Sender(port: port).send(key: key)
            if answer?.status == 200, let id = answer?.id {
                return state.update { $0.accepted[key] = id }
            }
            state.update { _ = $0.refused.insert(key) }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw Unexpected("\(key) was not accepted")
    }
}
