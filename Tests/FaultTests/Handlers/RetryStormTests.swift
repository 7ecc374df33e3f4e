import ProgramHarness
import Subprocess
import Testing

@Suite("Twenty thousand retries that are due at once", .timeLimit(.minutes(2)))
struct RetryStormTests {
    @Test("are all done, with no more held than may be in flight, and what is fresh does not wait for them")
    func storm() async throws {
        let inFlight = 256
        try await Scene.with { scene in
            let settings = ["POSTROOM_WORKER_IN_FLIGHT": "\(inFlight)"]
            try await scene.database.makeRetries(20_000, of: "crm")
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
}

extension Database {
    fileprivate static let heldRetries = "SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL"

    /// Makes that many deliveries whose first attempt has failed, and whose second is due in an hour.
    fileprivate func makeRetries(_ count: Int, of handler: String) async throws {
        try await makeDeliveries(count, named: "storm")
        try await query(
            """
            INSERT INTO postroom.retry (shard, delivery_id, handler, received_at, failed_attempts, due_at)
            SELECT shard, id, '\(handler)', received_at, 1, clock_timestamp() + interval '1 h' FROM postroom.delivery
            """
        )
    }
}
