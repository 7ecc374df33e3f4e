import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@Suite("The rate of a key")
struct KeyRateTests {
    @Test("comes nearer with its reserved cells where the clock is set back")
    func clock() async throws {
        try await TestInbox.with { test in
            let limits = KeyLimits(rate: .perMinute(5))
            let interval = CellRate(.perMinute(5), isReserved: true).interval
            let worker = try await test.inbox.register(
                WorkerRegistration(
                    label: "test",
                    handlers: [("mail", [.everything])],
                    limits: ["mail": HandlerLimits(perKey: limits)]
                )
            )
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, worker)
                SELECT i, 'mail', now(), now(), \(worker.rawValue) FROM generate_series(1, 4) AS i
                """
            )
            func admit(_ delivery: Int64) async throws -> KeyDecision? {
                let job = RetryKey(delivery: DeliveryID(rawValue: delivery), handler: "mail")
                return try await test.inbox.admit([KeyedJob(job: job, key: "k", limits: limits)], for: worker)[job]
            }
            for delivery in 1...3 {
                _ = try await admit(Int64(delivery))
            }
            // An hour back: what the tables say lies an hour further ahead.
            let hour = "interval '1 hour'"
            try await test.query(
                "UPDATE postroom.key_rate SET next_cell_at = next_cell_at + \(hour), taken_at = taken_at + \(hour)"
            )
            try await test.query(
                "UPDATE postroom.retry SET due_at = due_at + \(hour), limit_cell_at = limit_cell_at + \(hour) WHERE worker IS NULL"
            )
            guard case .owed(let delay) = try #require(try await admit(4)) else {
                Issue.record("it begins although the key's cells are taken")
                return
            }
            #expect(delay > interval * 2 && delay <= interval * 3)
            let waits = try await test.query(
                "SELECT due_at <= now() + interval '\((interval * 2).microseconds) us' FROM postroom.retry WHERE delivery_id IN (2, 3)"
            )
            #expect(waits == [["t"], ["t"]])
        }
    }
}
