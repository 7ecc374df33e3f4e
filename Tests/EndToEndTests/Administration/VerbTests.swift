import ProgramHarness
import Subprocess
import Testing

@Suite("Verbs against a live inbox")
struct VerbTests {
    @Test("show what came, what failed and why, in words and as JSON")
    func showing() async throws {
        try await withDeadLetters { scene, _, deliveries in
            // What is told was counted every few seconds, by this process or another one.
            let status = try await eventually("the dead letters are not counted") {
                let status = try await scene.verb("status", "--json")
                #expect(status.status == .exited(0), "\(status.errors)")
                return try status.json["dead_letters"]?.integer == 3 ? status : nil
            }
            #expect(try status.json["waiting_batches"]?.integer == 0)
            #expect(try status.json["handlers"]?.elements.compactMap { $0["name"]?.text } == ["audit", "crm"])
            #expect(try status.json["workers"]?.elements.count == 1)
            let words = try await scene.verb("status")
            #expect(words.status == .exited(0))
            #expect(words.output.contains("nothing waits"))

            let list = try await scene.verb("deliveries", "list", "--json")
            #expect(list.status == .exited(0), "\(list.errors)")
            #expect(try Set(list.json.elements.compactMap { $0["id"]?.integer }) == Set(deliveries.map(Int.init)))
            #expect(
                try list.json.elements.allSatisfy { $0["endpoint"]?.text == "hooks" && $0["state"]?.text == "dead" }
            )
            #expect(try list.json.elements.allSatisfy { $0["event_type"]?.text == "invoice.paid" })

            let id = "\(deliveries[0])"
            let show = try await scene.verb("deliveries", "show", id, "--json")
            #expect(show.status == .exited(0), "\(show.errors)")
            let handlers = try show.json["handlers"]?.elements ?? []
            #expect(handlers.contains { $0["handler"]?.text == "audit" && $0["state"]?.text == "handled" })
            #expect(handlers.contains { $0["handler"]?.text == "crm" && $0["state"]?.text == "dead" })
            #expect(handlers.filter { $0["handler"]?.text == "crm" && $0["state"]?.text == "failed" }.count == 2)
            #expect(!show.output.contains("v1,"), "a signature is not shown")
            let body = try await scene.verb("deliveries", "show", id, "--body")
            #expect(body.output == "{\"type\":\"invoice.paid\",\"key\":\"verb-1\"}")
            let received = try await scene.verb("deliveries", "show", id, "--body", "--show-sensitive")
            #expect(received.output == body.output)
            #expect(try await scene.verb("deliveries", "show", "1").status == .exited(1))

            let letters = try await scene.verb("dead-letters", "list", "--json")
            #expect(try letters.json.elements.count == 3)
            let letter = try #require(try letters.json.elements.first { $0["delivery_id"]?.integer == Int(id) })
            #expect(letter["handler"]?.text == "crm")
            #expect(letter["reason"]?.text == "exhausted")
            #expect(letter["error"]?.text?.contains("planned to fail") == true)
            let number = try #require(letter["id"]?.integer)
            let shown = try await scene.verb("dead-letters", "show", "\(number)", "--json")
            #expect(try shown.json["history"]?.elements.compactMap { $0["attempt"]?.integer } == [1, 2])
        }
    }

    @Test("list, explain and cancel what was enqueued for later")
    func scheduled() async throws {
        try await Scene.with { scene in
            try await scene.database.query(
                "SELECT postroom.enqueue('internal', 'thing', '{}', 'trial 1', now() + interval '1 day')"
            )
            let list = try await scene.verb("deliveries", "list", "--state", "scheduled", "--json")
            let why = try await scene.verb("deliveries", "why", "trial 1", "--json")
            for found in [list, why] {
                #expect(found.status == .exited(0), "\(found.errors)")
                #expect(try found.json.elements.compactMap { $0["idempotency_key"]?.text } == ["trial 1"])
            }
            let dry = try await scene.verb("deliveries", "cancel", "trial 1", "--dry-run")
            #expect(dry.output.contains("would be cancelled"), "\(dry.errors)")
            let cancelled = try await scene.verb("deliveries", "cancel", "trial 1")
            #expect(cancelled.output.contains("cancelled; it was due at"), "\(cancelled.errors)")
            let again = try await scene.verb("deliveries", "cancel", "trial 1")
            #expect(again.status == .exited(1))
            #expect(again.errors.contains("nothing waits under the key 'trial 1'"))
            #expect(try await scene.verb("deliveries", "why", "trial 1").status == .exited(1))
        }
    }

    @Test("act on what a filter names, and on nothing without one")
    func refusing() async throws {
        try await withDeadLetters { scene, _, _ in
            for verb in ["replay", "discard"] {
                let unfiltered = try await scene.verb("dead-letters", verb)
                #expect(unfiltered.status == .exited(64))
                #expect(unfiltered.errors.contains("--all"))
                let unknown = try await scene.verb("dead-letters", verb, "--handler", "nobody")
                #expect(unknown.status == .exited(1), "\(unknown.output)\(unknown.errors)")
                let other = try await scene.verb("dead-letters", verb, "--endpoint", "other")
                #expect(other.status == .exited(0), "\(other.errors)")
                let dry = try await scene.verb("dead-letters", verb, "--handler", "crm", "--dry-run")
                #expect(dry.status == .exited(0), "\(dry.errors)")
                #expect(dry.output.contains("3 dead letters would be"))
            }
            #expect(try await scene.verb("deliveries", "replay").status == .exited(64))
            try await eventually("a replay still runs") {
                try await scene.database.count("SELECT count(*) FROM postroom.replay WHERE state = 'running'") == 0
            }
            #expect(try await scene.database.count("SELECT count(*) FROM postroom.dead_letter") == 3)
            #expect(try await scene.database.count("SELECT coalesce(sum(moved), 0) FROM postroom.replay") == 0)
        }
    }

    @Test("replay a dead letter to the mended handler and discard another")
    func replaying() async throws {
        try await withDeadLetters { scene, program, deliveries in
            #expect(try await program.stop() == .exited(0))
            try await scene.serve(handlers: ["crm", "audit"], environment: ["TESTWORKER_ATTEMPTS": "2"]) { mended in
                try await scene.database.waitForWorkers()
                let letters = try await letters(scene)
                let replayed = try #require(letters[deliveries[0]])
                let result = try await scene.verb("dead-letters", "replay", "--id", "\(replayed)")
                #expect(result.status == .exited(0), "\(result.errors)")
                #expect(result.output.hasPrefix("replay "))
                let pair = Pair(delivery: deliveries[0], handler: "crm")
                try await eventually("the letter is not handled") {
                    try await scene.database.handledPairs().contains(pair)
                }
                #expect(scene.journal.runs.filter { $0.pair == pair && $0.outcome == "handled" }.map(\.attempt) == [3])

                let discarded = try #require(letters[deliveries[1]])
                let discard = try await scene.verb("dead-letters", "discard", "--id", "\(discarded)")
                #expect(discard.status == .exited(0), "\(discard.errors)")
                #expect(discard.output.contains("discarded 1 dead letter"))
                #expect(try await self.letters(scene).keys.sorted() == [deliveries[2]])

                let all = try await scene.verb("dead-letters", "replay", "--all")
                #expect(all.status == .exited(0), "\(all.errors)")
                try await eventually("the last letter is not handled") {
                    try await scene.database.handledPairs().filter { $0.handler == "crm" }.count == 2
                }
                try await scene.database.waitUntilDrained()
                let replays = try await scene.verb("replays", "list", "--json")
                #expect(try replays.json.elements.compactMap { $0["state"]?.text } == ["done", "done"])
                #expect(try replays.json.elements.compactMap { $0["moved"]?.integer } == [1, 1])
                #expect(try await scene.database.handledPairs().filter { $0.handler == "audit" }.count == 3)
                #expect(try await mended.stop() == .exited(0))
            }
        }
    }

    @Test("pause a handler, whose pairs wait while others go on, and resume it")
    func pausing() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm", "audit"]) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                #expect(try await scene.verb("handlers", "pause", "nobody").status == .exited(1))
                let pause = try await scene.verb("handlers", "pause", "crm")
                #expect(pause.status == .exited(0), "\(pause.errors)")
                let list = try await scene.verb("handlers", "list", "--json")
                #expect(try list.json.elements.first { $0["name"]?.text == "crm" }?["state"]?.text == "paused")
                try await eventually("the worker has not heard of it") {
                    try await scene.database.count(
                        """
                        SELECT count(*) FROM postroom.worker, postroom.handler
                        WHERE name = 'crm' AND heartbeat_at > paused_at + interval '0.5 s'
                        """
                    ) == 1
                }

                try await sender.accept(keys: (1...10).map { "paused-\($0)" })
                try await eventually("the other handler does not go on") {
                    try await scene.database.handledPairs().filter { $0.handler == "audit" }.count == 10
                }
                try await eventually("the paused handler's pairs do not wait") {
                    try await scene.database.count(
                        "SELECT count(*) FROM postroom.retry WHERE handler = 'crm' AND worker IS NULL"
                    ) == 10
                }
                #expect(scene.journal.runs.allSatisfy { $0.pair.handler == "audit" })

                let resume = try await scene.verb("handlers", "resume", "crm")
                #expect(resume.status == .exited(0), "\(resume.errors)")
                try await scene.database.waitUntilDrained()
                let handled = try await scene.database.handledPairs()
                #expect(handled.filter { $0.handler == "crm" }.count == 10)
                #expect(handled.count == 20)
                #expect(scene.journal.runs.allSatisfy { $0.attempt == 1 && $0.outcome == "handled" })
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    @Test("a dead letter that two people replay by SQL at once is handled exactly once more")
    func replayedTwice() async throws {
        try await withDeadLetters { scene, program, deliveries in
            #expect(try await program.stop() == .exited(0))
            let letter = try #require(try await letters(scene)[deliveries[0]])
            try await scene.serve(handlers: ["crm", "audit"], environment: ["TESTWORKER_ATTEMPTS": "2"]) { mended in
                try await scene.database.waitForWorkers()
                // The second may come after the first was carried out, and is then told that there is no such letter.
                let asked = await withTaskGroup(of: Bool.self) { people in
                    for _ in 1...2 {
                        people.addTask {
                            (try? await scene.database.query("SELECT postroom.replay_dead_letter(\(letter))")) != nil
                        }
                    }
                    return await people.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(asked >= 1)
                try await eventually("a replay still runs") {
                    try await scene.database.count("SELECT count(*) FROM postroom.replay WHERE state = 'running'") == 0
                }
                try await scene.database.waitUntilDrained()
                let pair = Pair(delivery: deliveries[0], handler: "crm")
                #expect(try await scene.database.handledPairs().filter { $0 == pair }.count == 1)
                #expect(scene.journal.runs.filter { $0.pair == pair }.map(\.attempt) == [1, 2, 3])
                #expect(try await scene.database.count("SELECT sum(moved) FROM postroom.replay") == 1)
                #expect(try await mended.stop() == .exited(0))
            }
        }
    }

    /// Runs a body with a program whose handler `crm` has given three deliveries up, and whose `audit` has handled them.
    private func withDeadLetters(_ body: @Sendable (Scene, RunningProgram, [Int64]) async throws -> Void) async throws {
        try await Scene.with { scene in
            let environment = ["TESTWORKER_BROKEN": "crm", "TESTWORKER_ATTEMPTS": "2"]
            try await scene.serve(handlers: ["crm", "audit"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                var deliveries: [Int64] = []
                for number in 1...3 {
                    deliveries.append(try await sender.accept(key: "verb-\(number)"))
                }
                try await scene.database.waitUntilDrained()
                try await body(scene, program, deliveries)
            }
        }
    }

    /// The dead letters' ids, by their deliveries.
    private func letters(_ scene: Scene) async throws -> [Int64: Int64] {
        try await scene.database.query("SELECT delivery_id, id FROM postroom.dead_letter")
            .reduce(into: [:]) { letters, row in
                if let delivery = row[0].flatMap({ Int64($0) }), let id = row[1].flatMap({ Int64($0) }) {
                    letters[delivery] = id
                }
            }
    }
}
