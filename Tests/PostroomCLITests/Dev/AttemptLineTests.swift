import PostroomCore
import PostroomSources
import PostroomWorker
import Testing

@testable import PostroomCLI

@Suite("The attempts that dev shows")
struct AttemptLineTests {
    private static func failure(_ error: String) -> AttemptFailure {
        AttemptFailure(attempt: 1, error: error, duration: .milliseconds(3))
    }

    static let ends: [(attempt: Int, outcome: JobOutcome, line: String)] = [
        (1, .handled(duration: .milliseconds(12)), "handled by crm.sync in 12ms"),
        (2, .handled(duration: .seconds(2)), "handled by crm.sync in 2s, attempt 2"),
        (
            1, .owed(dueIn: .seconds(2), failure: failure("CRMError: 503")),
            "failed in crm.sync, attempt 1 of 3, again in 2s: CRMError: 503"
        ),
        (
            3, .dead(reason: .exhausted, failure: failure("two\nlines")),
            "dead letter of crm.sync (exhausted), attempt 3 of 3: two\\nlines"
        ),
        (1, .owed(dueIn: .zero, failure: nil), "interrupted in crm.sync"),
    ]

    @Test("each tells how it ended, in one line", arguments: ends)
    func line(attempt: Int, outcome: JobOutcome, line: String) {
        let delivery = Delivery(
            id: DeliveryID(rawValue: 4711),
            endpoint: "stripe",
            source: .stripe,
            eventType: "invoice.paid",
            idempotencyKey: "evt_1",
            receivedAt: Timestamp(rawValue: 0),
            headers: Headers(),
            body: []
        )
        let ended = EndedAttempt(
            handler: "crm.sync",
            delivery: delivery,
            attempt: attempt,
            maximumAttempts: 3,
            outcome: outcome
        )
        #expect(DevSession.line(ended) == "stripe  invoice.paid  delivery 4711  " + line)
    }
}
