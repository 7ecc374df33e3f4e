import ProgramHarness
import Testing

/// The invariants after the drain, whatever the fault was.
enum Invariants {
    /// Checks that nothing answered 200 is missing or changed, and that every pair has ended exactly once.
    ///
    /// The inbox is drained, the producer has sent everything that is in it, the handlers were there before the first
    /// delivery, and the closure names the pairs, by key and handler, that had to end as dead letters.
    static func check(
        _ scene: Scene,
        _ producer: Producer,
        handlers: [String],
        dead expectedDead: (String, String) -> Bool = { _, _ in false }
    ) async throws {
        let ledger = producer.ledger
        let rows = try await scene.database.query(
            "SELECT idempotency_key, id, convert_from(body, 'UTF8') FROM postroom.delivery"
        )
        var stored: [String: Int64] = [:]
        var changed: [String] = []
        for row in rows {
            let key = row[0] ?? ""
            stored[key] = row[1].flatMap { Int64($0) }
            if row[2] != "{\"type\":\"invoice.paid\",\"key\":\"\(key)\"}" {
                changed.append(key)
            }
        }
        #expect(rows.count == stored.count, "a key is stored twice")
        #expect(changed == [], "bodies are kept byte for byte")
        #expect(ledger.renamed == [], "a key has one delivery")
        #expect(ledger.accepted.filter { stored[$0.key] != $0.value }.isEmpty, "an answered 200 is lost")
        #expect(ledger.withoutRetryAfter == 0)
        #expect(
            Set(ledger.answers.keys).subtracting([0, 200, 503]) == [],
            "a fault of ours is a 503: \(ledger.answers)"
        )

        var handled: Set<Pair> = []
        var dead: Set<Pair> = []
        for (key, delivery) in stored {
            for handler in handlers {
                let pair = Pair(delivery: delivery, handler: handler)
                _ = expectedDead(key, handler) ? dead.insert(pair) : handled.insert(pair)
            }
        }
        let handledRows = try await scene.database.handledPairs()
        let deadRows = try await scene.database.deadPairs()
        #expect(handledRows.count == Set(handledRows).count, "a pair is recorded as handled twice")
        #expect(deadRows.count == Set(deadRows).count)
        #expect(Array(handled.symmetricDifference(handledRows).prefix(5)) == [])
        #expect(Array(dead.symmetricDifference(deadRows).prefix(5)) == [])
        #expect(handled.subtracting(scene.journal.pairs("handled")).isEmpty, "recorded, and never run")
        try await checkFailures(scene)
    }

    /// An attempt that was recorded as failed did fail; a strike is recorded of one whose end nobody saw.
    private static func checkFailures(_ scene: Scene) async throws {
        let failures = try await scene.database.query(
            """
            SELECT delivery_id, handler, attempt FROM postroom.failed_attempt
            WHERE error <> 'the process died while this attempt ran'
            """
        )
        let succeeded = Set(
            scene.journal.runs.filter { $0.outcome == "handled" }
                .map { "\($0.pair.delivery) \($0.pair.handler) \($0.attempt)" }
        )
        let wrong = failures.map { $0.map { $0 ?? "" }.joined(separator: " ") }.filter(succeeded.contains)
        #expect(wrong.prefix(5) == [], "an attempt that succeeded is recorded as failed")
    }
}
