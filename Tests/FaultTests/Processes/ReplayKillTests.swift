import ProgramHarness
import Subprocess
import Testing

@Suite("kill -9 in the middle of a replay", .timeLimit(.minutes(10)))
struct ReplayKillTests {
    @Test("the next worker goes on with it, and each letter moves once")
    func worker() async throws {
        let count = 1500
        try await Scene.with { scene in
            try await scene.database.makeDeadLetters(count, of: "crm")
            #expect(try await scene.database.deadPairs().count == count)

            let held = try await scene.serve(handlers: ["crm"], role: "worker") { worker in
                try await scene.database.waitForWorkers()
                let asked = try await scene.verb("dead-letters", "replay", "--all")
                #expect(asked.status == .exited(0), "\(asked.errors)")
                try await eventually("the replay is not in its middle") { try await scene.database.moved() >= 200 }
                try await worker.crash()
                return try await scene.database.held(ofHandlers: 1)
            }
            let moved = try await scene.database.moved()
            #expect(moved < count, "the kill has to come before the end")
            #expect(try await scene.database.deadPairs().count == count - moved)

            try await scene.serve(handlers: ["crm"], role: "worker") { worker in
                try await eventually("the replay does not end") {
                    try await scene.database.query("SELECT state FROM postroom.replay") == [["done"]]
                }
                try await scene.database.waitUntilDrained()
                #expect(try await worker.stop() == .exited(0))
            }
            print("the kill came after \(moved) of \(count) letters had moved; \(held) pairs were held")
            #expect(try await scene.database.moved() == count)
            #expect(try await scene.database.deadPairs() == [])
            let handled = try await scene.database.handledPairs()
            #expect(handled.count == count)
            #expect(Set(handled).count == count)
            let again = scene.journal.runs.filter { $0.outcome == "handled" }
            #expect(again.allSatisfy { $0.attempt == 2 })
            #expect(again.count - count <= held)
        }
    }
}

extension Database {
    fileprivate func moved() async throws -> Int {
        try await count("SELECT coalesce(sum(moved), 0) FROM postroom.replay")
    }
    /// Makes that many deliveries whose only attempt has failed.
    fileprivate func makeDeadLetters(_ count: Int, of handler: String) async throws {
        try await makeDeliveries(count, named: "replay")
        try await query(
            """
            INSERT INTO postroom.dead_letter (delivery_id, handler, endpoint, source, event_type, idempotency_key,
                received_at, died_at, reason, failed_attempts, error, fingerprint, history, headers, body)
            SELECT id, '\(handler)', endpoint, source, event_type, idempotency_key,
                received_at, now(), 'exhausted', 1, 'it was broken', 'it was broken', '[]', headers, body
            FROM postroom.delivery
            """
        )
    }
}
