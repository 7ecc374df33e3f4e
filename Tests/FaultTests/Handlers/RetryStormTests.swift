import ProgramHarness
import Subprocess
import Testing

@Suite("Retries that are due at once", .serialized, .timeLimit(.minutes(10)))
struct RetryStormTests {
    @Test("are all done, with no more held than may be in flight, and what is fresh does not wait for them: 20,000")
    func storm() async throws {
        let inFlight = 256
        try await Scene.with { scene in
            let settings = ["POSTROOM_WORKER_IN_FLIGHT": "\(inFlight)"]
            try await scene.database.makeRetries(20_000, of: "crm", dueIn: "1 h")
            try await scene.serve(handlers: ["crm"], environment: settings) { program in
                try await scene.database.waitForWorkers()
                try await scene.database.query("UPDATE postroom.retry SET due_at = clock_timestamp() + interval '1 s'")
                let producer = Producer(port: try await program.receiverPort())
                let start = ContinuousClock.now
                let most = try await producer.send(named: "fresh", atOnce: 2, every: .milliseconds(20)) {
                    var most = 0
                    try await eventually("the retries are not done", within: .seconds(60)) {
                        most = max(most, try await scene.database.count(Database.heldRetries))
                        return try await scene.database.count("SELECT count(*) FROM postroom.retry") == 0
                    }
                    return most
                }
                let taken: Duration = ContinuousClock.now - start
                try await scene.database.waitUntilDrained()
                let fresh = try await scene.latencies(of: "crm", keysLike: "fresh-%")
                let worst = try #require(fresh.dropLast(fresh.count / 100).last)
                print("20,000 retries in \(taken), at most \(most) held; p99 of \(fresh.count) fresh ones: \(worst)")
                #expect(most <= inFlight)
                #expect(fresh.count >= 50)
                #expect(worst < .seconds(1))
                let handled = try await scene.database.handledPairs()
                #expect(handled.count == 20_000 + producer.ledger.accepted.count)
                #expect(Set(handled).count == handled.count)
                #expect(scene.journal.runs.count == handled.count)
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    @Test("move while a backlog of their handler is drained, and crash suspects with them")
    func backlog() async throws {
        try await Scene.with { scene in
            try await scene.database.makeRetries(200, of: "crm", dueIn: "0")
            try await scene.database.query(
                "UPDATE postroom.retry SET deaths = 2, failed_attempts = 0 WHERE delivery_id <= 20"
            )
            try await scene.database.query(
                """
                WITH stored AS (
                    INSERT INTO postroom.delivery
                        (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
                    SELECT number * 256, now(), 'hooks', 'standard-webhooks', 'invoice.paid', 'backlog-' || number, '',
                           '{"type":"invoice.paid"}'
                    FROM generate_series(1000, 100999) number
                    RETURNING id, received_at
                )
                INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count)
                SELECT id / 256, received_at, 1, 30 FROM stored
                """
            )
            try await scene.database.query("SELECT setval('postroom.batch_id', 200000)")
            try await scene.database.query(
                """
                INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
                VALUES ('crm', '{*:*}', now() - interval '1 day', now())
                """
            )
            try await scene.serve(handlers: ["crm"], role: "worker") { _ in
                try await eventually("retries and suspects do not move", within: .seconds(60)) {
                    try await scene.database.count("SELECT count(*) FROM postroom.retry WHERE delivery_id <= 200") == 0
                }
                let left = try await scene.database.count("SELECT count(*) FROM postroom.batch")
                print("of a backlog of 100,000 batches \(left) were left when the retries were through")
                #expect(left > 10_000)
            }
        }
    }

    @Test("are admitted in steps as small as of few, and what is fresh does not wait for them: a million")
    func million() async throws {
        let inFlight = 256
        try await Scene.with { scene in
            let settings = ["POSTROOM_WORKER_IN_FLIGHT": "\(inFlight)"]
            try await scene.database.makeRetries(1_000_000, of: "crm", dueIn: "0")
            try await scene.serve(handlers: ["crm"], environment: settings) { program in
                try await scene.database.waitForWorkers()
                let producer = Producer(port: try await program.receiverPort())
                let start = ContinuousClock.now
                let most = try await producer.send(named: "fresh", atOnce: 2, every: .milliseconds(20)) {
                    var most = 0
                    try await eventually("the retries make no headway", within: .seconds(60)) {
                        most = max(most, try await scene.database.count(Database.heldRetries))
                        return scene.journal.runs.count > 10_000
                    }
                    return most
                }
                let taken: Duration = ContinuousClock.now - start
                let accepted = producer.ledger.accepted.count
                try await eventually("the fresh ones are not through") {
                    try await scene.latencies(of: "crm", keysLike: "fresh-%").count >= accepted
                }
                #expect(try await program.stop() == .exited(0))
                let fresh = try await scene.latencies(of: "crm", keysLike: "fresh-%")
                let worst = try #require(fresh.dropLast(fresh.count / 100).last)
                print("10,000 of them in \(taken), at most \(most) held; p99 of \(fresh.count) fresh ones: \(worst)")
                #expect(most <= inFlight)
                #expect(fresh.count == accepted)
                #expect(worst < .seconds(1))
            }
        }
    }
}

extension Database {
    fileprivate static let heldRetries = "SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL"

    /// Makes that many deliveries whose first attempt has failed, with the time until the second.
    fileprivate func makeRetries(_ count: Int, of handler: String, dueIn delay: String) async throws {
        // Not through `enqueue`, which would take minutes for a million.
        for first in stride(from: 1, through: count, by: 200_000) {
            try await query(
                """
                WITH stored AS (
                    INSERT INTO postroom.delivery
                        (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
                    SELECT number, now(), 'hooks', 'standard-webhooks', 'invoice.paid', 'storm-' || number, '',
                           '{"type":"invoice.paid"}'
                    FROM generate_series(\(first), least(\(first) + 199999, \(count))) number
                    RETURNING id, received_at
                )
                INSERT INTO postroom.retry (delivery_id, handler, received_at, failed_attempts, due_at)
                SELECT id, '\(handler)', received_at, 1, clock_timestamp() + interval '\(delay)' FROM stored
                """
            )
        }
        try await query("SELECT setval('postroom.batch_id', \(count))")
    }
}
