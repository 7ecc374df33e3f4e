import PostroomInbox
import ProgramHarness
import Subprocess
import TestSupport
import Testing

@Suite("Two servers that share the deliveries", .timeLimit(.minutes(10)))
struct ServersTests {
    /// A scene whose configuration names two servers.
    private func with(_ body: @Sendable (Scene, [Database]) async throws -> Void) async throws {
        try await Scene.with { scene in
            let second = try await TestServer.shared.makeServer(1).connectionString
            try write(["\"\(scene.database.connectionString)\"", "\"\(second)\""], for: scene)
            try await body(scene, [scene.database, Database(connectionString: second)])
        }
    }

    private func write(_ urls: [String], draining: String = "[]", for scene: Scene) throws {
        try scene.folder.write(
            """
            database: {urls: [\(urls.joined(separator: ", "))], draining: \(draining)}
            receiver: {host: 127.0.0.1, port: 0}
            admin: {host: 127.0.0.1, port: 0}
            endpoints:
              hooks: {source: standard-webhooks, secrets: ["env:E2E_SECRET"]}
            worker: {lease: 2s}
            log: {format: json}
            """,
            to: "postroom.yaml"
        )
    }

    private static let keys = (0..<200).map { "both-\($0)" }

    /// Sends until there is an answer but for 503, which a machine that is busy for seconds gives.
    private static func answer(to key: String, by sender: Sender) async throws -> Sender.Answer {
        while true {
            let answer = try await sender.send(key: key)
            guard answer.status == 503 else { return answer }
        }
    }

    private static func accept(_ keys: [String], by sender: Sender) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in keys {
                group.addTask {
                    let status = try await answer(to: key, by: sender).status
                    #expect(status == 200)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Serves until every key is handled, some of them as dead letters.
    private func deliver(_ scene: Scene, _ databases: [Database], broken: String = "") async throws {
        let environment = ["TESTWORKER_BROKEN": broken, "TESTWORKER_ATTEMPTS": "2"]
        try await scene.serve(handlers: ["crm", "audit"], environment: environment) { program in
            for database in databases {
                try await database.waitForWorkers()
            }
            let sender = Sender(port: try await program.receiverPort())
            try await Self.accept(Self.keys, by: sender)
            for database in databases {
                try await database.waitUntilDrained()
            }
            let again = try await Self.answer(to: Self.keys[7], by: sender)
            #expect(again.isDuplicate == true)
            #expect(try await program.stop() == .exited(0))
        }
    }

    @Test("take and handle each its share, once, and a stop ends both workers")
    func sharing() async throws {
        try await with { scene, databases in
            try await deliver(scene, databases)
            var stored: [String: Int64] = [:]
            for (number, database) in databases.enumerated() {
                let deliveries = try await database.deliveries()
                #expect(deliveries.count > 50)
                #expect(deliveries.values.allSatisfy { $0 >> 48 == number })
                #expect(try await database.handledPairs().count == deliveries.count * 2)
                #expect(try await database.count("SELECT count(*) FROM postroom.worker") == 0)
                stored.merge(deliveries) { _, _ in -1 }
            }
            #expect(Set(stored.keys) == Set(Self.keys))
            #expect(!stored.values.contains(-1), "a key is on both")
            #expect(scene.journal.runs.count == Self.keys.count * 2)
        }
    }

    @Test("are asked both by the verbs, or the one that an id names")
    func verbs() async throws {
        try await with { scene, databases in
            try await deliver(scene, databases, broken: "crm")
            let list = try await scene.verb("deliveries", "list", "--json", "--limit", "1000")
            #expect(list.status == .exited(0), "\(list.errors)")
            let ids = try list.json.elements.compactMap { $0["id"]?.integer }
            #expect(ids.count == Self.keys.count)
            let received = try list.json.elements.compactMap { $0["received_at"]?.text }
            #expect(received == received.sorted(by: >), "newest first, wherever they are")

            let status = try await scene.verb("status", "--json")
            #expect(try status.json["servers"]?.elements.compactMap { $0["server"]?.integer } == [0, 1])
            let dead = try await scene.verb("dead-letters", "list", "--json", "--limit", "1000")
            #expect(Set(try dead.json.elements.compactMap { $0["id"]?.integer }.map { $0 >> 40 }) == [0, 1])
            #expect(try dead.json.elements.count == Self.keys.count)
            let words = try await scene.verb("status")
            #expect(words.output.contains("server 0") && words.output.contains("server 1"))

            for number in 0...1 {
                let id = try #require(ids.first { $0 >> 48 == number })
                let shown = try await scene.verb("deliveries", "show", "\(id)", "--json")
                #expect(try shown.json["id"]?.integer == id, "\(shown.errors)")
                let key = try #require(try shown.json["idempotency_key"]?.text)
                let why = try await scene.verb("deliveries", "why", key, "--json")
                #expect(try why.json.elements.compactMap { $0["id"]?.integer } == [id], "\(why.errors)")
            }
            let unknown = try await scene.verb("deliveries", "show", "\(5 << 48)")
            #expect(unknown.status == .exited(1))
            #expect(unknown.errors.contains("there is no server 5"))

            let handlers = try await scene.verb("handlers", "list", "--json")
            #expect(try handlers.json.elements.compactMap { $0["server"]?.integer } == [0, 0, 1, 1])
            let paused = try await scene.verb("handlers", "pause", "audit")
            #expect(paused.status == .exited(0), "\(paused.errors)")
            for database in databases {
                let isPaused = "SELECT count(*) FROM postroom.handler WHERE name = 'audit' AND paused_at IS NOT NULL"
                #expect(try await database.count(isPaused) == 1)
            }
            let dry = try await scene.verb("dead-letters", "discard", "--handler", "crm", "--dry-run")
            #expect(dry.output.contains("\(Self.keys.count) dead letters would be discarded"), "\(dry.errors)")
            let replay = try await scene.verb("dead-letters", "replay", "--handler", "crm")
            #expect(replay.output.split(separator: "\n").filter { $0.hasPrefix("replay ") }.count == 2)
            let replays = try await scene.verb("replays", "list", "--json")
            let numbers = try replays.json.elements.compactMap { $0["id"]?.integer }
            #expect(numbers.map { $0 >> 40 } == [0, 1])
            for number in numbers {
                let shown = try await scene.verb("replays", "show", "\(number)", "--json")
                #expect(try shown.json["id"]?.integer == number, "\(shown.errors)")
            }
            let doctor = try await scene.verb("doctor")
            #expect(doctor.output.contains("server 0: schema") && doctor.output.contains("server 1: schema"))
            #expect(try await scene.verb("migrate", "--check").status == .exited(0))
            #expect(try await scene.verb("config", "check").status == .exited(0))
        }
    }

    @Test("have what waits on either listed, found by its key, and taken back where one endpoint has it")
    func scheduled() async throws {
        try await with { scene, databases in
            for (number, endpoint) in ["shop", "bank"].enumerated() {
                for key in ["both", "only-\(number)"] {
                    try await databases[number]
                        .query(
                            """
                            SELECT postroom.enqueue(endpoint => '\(endpoint)', event_type => 'a.b', body => '{}',
                                idempotency_key => '\(key)', due_at => now() + interval '\(2 - number) days')
                            """
                        )
                }
            }
            let list = try await scene.verb("deliveries", "list", "--state", "scheduled", "--json")
            let endpoints = try list.json.elements.compactMap { $0["endpoint"]?.text }
            #expect(endpoints == ["bank", "bank", "shop", "shop"], "the next one first: \(list.errors)")
            let why = try await scene.verb("deliveries", "why", "only-1", "--json")
            #expect(try why.json.elements.compactMap { $0["endpoint"]?.text } == ["bank"], "\(why.errors)")

            let refused = try await scene.verb("deliveries", "cancel", "both")
            #expect(refused.status == .exited(1))
            #expect(refused.errors.contains("choose one of 'bank', 'shop' with --endpoint"))
            let waiting = "SELECT count(*) FROM postroom.scheduled_delivery"
            for database in databases {
                #expect(try await database.count(waiting) == 2)
            }
            let dry = try await scene.verb("deliveries", "cancel", "only-1", "--dry-run")
            #expect(dry.output.contains("would be cancelled"), "\(dry.errors)")
            let only = try await scene.verb("deliveries", "cancel", "only-1")
            #expect(only.output.contains("cancelled; it was due"), "\(only.errors)")
            let chosen = try await scene.verb("deliveries", "cancel", "both", "--endpoint", "shop")
            #expect(chosen.output.contains("cancelled; it was due"), "\(chosen.errors)")
            for database in databases {
                #expect(try await database.count(waiting) == 1)
            }
        }
    }

    @Test("are both asked in vain where one is gone, and the answer of the other says so")
    func gone() async throws {
        try await with { scene, databases in
            try await deliver(scene, databases)
            let first = "\"\(scene.database.connectionString)\""
            try write([first, "\"host=127.0.0.1 port=1 dbname=none\""], for: scene)
            let list = try await scene.verb("deliveries", "list", "--json", "--limit", "1000")
            #expect(list.status == .exited(75))
            #expect(list.errors.contains("server 1: the database of database.urls[1]"))
            let kept = try await databases[0].deliveries()
            #expect(try list.json.elements.count == kept.count)
            #expect(try await scene.verb("deliveries", "list", "--server", "0").status == .exited(0))
            try await scene.serve(handlers: ["crm", "audit"]) { program in
                let sender = Sender(port: try await program.receiverPort())
                var statuses: [Int: Int] = [:]
                for number in 0..<60 {
                    statuses[try await sender.send(key: "half-\(number)").status, default: 0] += 1
                }
                #expect(Set(statuses.keys) == [200, 503])
                #expect(statuses.values.allSatisfy { $0 > 12 }, "its share, and no more: \(statuses)")
                let port = try await program.adminPort()
                let ready = try await Sender.get("/health/ready", port: port)
                #expect(ready.status == 200, "\(ready.body)")
                #expect(
                    try JSONValue(text: ready.body)["checks"]?.elements.compactMap { $0["state"]?.text }
                        == ["healthy", "impaired", "healthy"]
                )
                try await scene.database.waitUntilDrained()
                let metrics = try await Sender.get("/metrics", port: port).body
                #expect(metrics.contains("postroom_database_reachable{server=\"0\"} 1\n"))
                #expect(metrics.contains("postroom_database_reachable{server=\"1\"} 0\n"))
                let console = try await Sender.get("/console", port: port).body
                #expect(console.contains("/console/server-0") && console.contains("/console/server-1"))
                let page = try await Sender.get("/console/server-0/deliveries", port: port)
                #expect(page.status == 200 && page.body.contains("/console/server-0/"))
                #expect(try await Sender.get("/console/server-1", port: port).status == 503)
                let after = try await Sender.get("/console", port: port).body
                #expect(after.contains("not reached"))
            }
        }
    }

    @Test("refuse a handler that none of them could keep to its word")
    func refused() async throws {
        try await with { scene, _ in
            try await scene.serve(handlers: ["crm"], environment: ["TESTWORKER_ORDER": "by-key"]) { program in
                let status = try await program.end()
                #expect(status == .exited(64))
                #expect(program.log.text.contains("handler 'crm' can't work with 2 servers"))
            }
        }
    }

    @Test("can be one that drains: it takes nothing new, is emptied, and still knows its keys")
    func draining() async throws {
        try await with { scene, databases in
            try await scene.serve(role: "receiver") { receiver in
                try await eventually("not both are ready") {
                    receiver.log.entries.count { $0.message == "the inbox is ready" } == 2
                }
                try await Self.accept(Self.keys, by: Sender(port: try await receiver.receiverPort()))
            }
            let before = try await databases[0].deliveries()
            let urls = databases.map { "\"\($0.connectionString)\"" }
            try write(urls, draining: "[0]", for: scene)
            try await scene.serve(handlers: ["crm"]) { program in
                for database in databases {
                    try await database.waitForWorkers()
                }
                let sender = Sender(port: try await program.receiverPort())
                for key in Self.keys {
                    let again = try await Self.answer(to: key, by: sender)
                    #expect(again.isDuplicate == true)
                }
                try await Self.accept((0..<50).map { "new-\($0)" }, by: sender)
                for database in databases {
                    try await database.waitUntilDrained()
                }
                #expect(try await databases[0].deliveries() == before)
            }
        }
    }
}
