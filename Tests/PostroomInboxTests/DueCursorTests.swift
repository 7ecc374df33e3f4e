import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

private func moment(_ microseconds: Int64) -> Timestamp {
    Timestamp(rawValue: microseconds)
}

@Suite("The beginning of claims of due retries")
struct DueCursorTests {
    @Test("a claim begins behind what the last one found, and from the start after a second")
    func begins() {
        let cursors = DueCursors()
        let now = ContinuousClock.now
        #expect(cursors.start(handler: "crm", now: now) == DueCursors.beginning)
        cursors.note(
            handler: "crm",
            newest: moment(5_000_000),
            from: DueCursors.beginning,
            took: .milliseconds(1),
            now: now
        )
        #expect(cursors.start(handler: "crm", now: now) == moment(4_900_000))
        #expect(cursors.start(handler: "audit", now: now) == DueCursors.beginning)
        cursors.note(handler: "crm", newest: moment(6_000_000), from: moment(4_900_000), took: .zero, now: now)
        cursors.note(handler: "crm", newest: nil, from: moment(5_900_000), took: .zero, now: now)
        #expect(cursors.start(handler: "crm", now: now) == moment(5_900_000))
        #expect(cursors.start(handler: "crm", now: now + .seconds(1)) == DueCursors.beginning)
        cursors.note(handler: "crm", newest: nil, from: DueCursors.beginning, took: .zero, now: now)
        #expect(cursors.start(handler: "crm", now: now) == DueCursors.beginning, "nothing was due")
        cursors.note(handler: "crm", newest: moment(1), from: DueCursors.beginning, took: .zero, now: now)
        cursors.reset()
        #expect(cursors.start(handler: "crm", now: now) == DueCursors.beginning)
    }

    @Test(
        "looks from the start take a tenth of the time at most, and none is put off for longer than five seconds",
        arguments: [(1, 1000), (99, 1000), (200, 2000), (400, 4000), (3000, 5000)]
    )
    func fullLooks(took: Int, pause: Int) {
        let cursors = DueCursors()
        let now = ContinuousClock.now
        cursors.note(handler: "crm", newest: moment(1), from: DueCursors.beginning, took: .milliseconds(took), now: now)
        #expect(cursors.start(handler: "crm", now: now + .milliseconds(pause - 1)) != DueCursors.beginning)
        #expect(cursors.start(handler: "crm", now: now + .milliseconds(pause)) == DueCursors.beginning)
    }

    @Test("what is due before the place at which claims begin is found all the same")
    func findsOlder() async throws {
        try await TestInbox.with { test in
            let handlers = [(name: HandlerName("crm"), patterns: [EventPattern.everything])]
            let worker = try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
            try await test.query(
                """
                WITH made AS (
                    INSERT INTO postroom.delivery
                        (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
                    SELECT n * 256, now(), 'hooks', 'wacht', 'user.created', 'k' || n, '', '{}'
                    FROM generate_series(1, 20) AS n RETURNING *
                )
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT id, 'crm', received_at, now() - id * interval '1 s' FROM made
                """
            )
            // The older half is in nobody's sight at first.
            try await test.query("UPDATE postroom.retry SET deaths = 2 WHERE delivery_id > 10 * 256")
            let claim = [RetryClaim(handler: "crm", limit: 4)]
            var claimed: [ClaimedRetry] = []
            for _ in 0..<3 {
                claimed += try await test.inbox.claimRetries(claim, for: worker)
            }
            #expect(Set(claimed.map(\.key)).count == 10)
            try await test.query("UPDATE postroom.retry SET deaths = 0 WHERE worker IS NULL")
            let start = ContinuousClock.now
            while claimed.count < 20, ContinuousClock.now - start < .seconds(10) {
                claimed += try await test.inbox.claimRetries(claim, for: worker)
            }
            #expect(Set(claimed.map(\.key)).count == 20)
        }
    }
}
