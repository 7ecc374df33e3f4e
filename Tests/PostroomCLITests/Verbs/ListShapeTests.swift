import PostroomCore
import Testing

@testable import PostroomCLI
@testable import PostroomInbox

@Suite("The shape of lists")
struct ListShapeTests {
    private static let now = moment("2026-05-31T12:00:00Z")

    private static let delivery = DeliverySummary(
        id: DeliveryID(rawValue: 4096),
        receivedAt: moment("2026-05-31T11:59:00.5Z"),
        endpoint: "billing",
        source: .hmacSHA256,
        eventType: nil,
        idempotencyKey: "k\u{1B}[31m",
        bytes: 2048,
        state: "owed"
    )

    private static let letter = DeadLetterSummary(
        id: 7,
        deliveryID: DeliveryID(rawValue: 4096),
        handler: "crm.sync",
        endpoint: "billing",
        eventType: "invoice.paid",
        diedAt: moment("2026-05-31T10:00:00Z"),
        reason: "exhausted",
        failedAttempts: 15,
        error: "timed\nout"
    )

    @Test("deliveries for machines have stable keys, whole values and no escapes beyond JSON's")
    func deliveryJSON() {
        let (data, notes) = written {
            $0.list([Self.delivery], DeliveryColumns.summary(now: Self.now), asJSON: true, ifEmpty: "")
        }
        #expect(
            data == """
                [
                  {"id":4096,"received_at":"2026-05-31T11:59:00.500Z","endpoint":"billing","source":"hmac-sha256",\
                "event_type":null,"state":"owed","bytes":2048,"idempotency_key":"k\\u001b[31m"}
                ]

                """
        )
        #expect(notes.isEmpty)
    }

    @Test("a list of what can't be read has the reason as its last column")
    func unreadableJSON() {
        var delivery = Self.delivery
        delivery.unreadable = "not UTF-8 (byte 17)"
        let (data, _) = written {
            $0.list([delivery], DeliveryColumns.summary(now: Self.now, unreadable: true), asJSON: true, ifEmpty: "")
        }
        #expect(data.hasSuffix(#""unreadable":"not UTF-8 (byte 17)"}"# + "\n]\n"))
    }

    @Test("a list that gave up before its end fails with what to add to go on")
    func searchStopped() {
        let stop = SearchStop(looked: 3_000_000, before: 52_001_028)
        #expect(throws: Never.self) { try SearchNotice.check(Listing(found: [1]), limit: 5, "deliveries") }
        let failure = #expect(throws: CommandFailure.self) {
            try SearchNotice.check(Listing(found: [1, 2], stop: stop), limit: 5, "deliveries")
        }
        #expect(failure?.status == .tryAgain)
        #expect(
            failure?.message == """
                stopped after looking at 3,000,000 deliveries, with 2 of 5 found; there may be more: go on with \
                --before 52001028, or narrow it with --since and --until
                """
        )
    }

    @Test("deliveries for people have ages, and what strangers wrote is escaped")
    func deliveryTable() {
        let (data, _) = written {
            $0.list([Self.delivery], DeliveryColumns.summary(now: Self.now), asJSON: false, ifEmpty: "")
        }
        #expect(
            data == """
                id    received                  age  endpoint  source       type  state  bytes  key
                4096  2026-05-31T11:59:00Z  59s ago  billing   hmac-sha256  –     owed   2 KiB  k\\u{1b}[31m

                """
        )
    }

    @Test("dead letters for machines have stable keys")
    func letterJSON() {
        let (data, _) = written {
            $0.list([Self.letter], DeadLetterColumns.summary(now: Self.now), asJSON: true, ifEmpty: "")
        }
        #expect(
            data == """
                [
                  {"id":7,"died_at":"2026-05-31T10:00:00.000Z","handler":"crm.sync","endpoint":"billing",\
                "event_type":"invoice.paid","reason":"exhausted","failed_attempts":15,"delivery_id":4096,\
                "error":"timed\\nout"}
                ]

                """
        )
    }

    private func keys<Row>(_ columns: [Column<Row>]) -> [String] {
        columns.filter { $0.value != nil }.map(\.key)
    }

    @Test("every other list and item has stable keys")
    func stableKeys() {
        #expect(
            keys(DeliveryColumns.delivery(now: Self.now)) == [
                "id", "received_at", "endpoint", "source", "event_type", "idempotency_key", "body_bytes",
            ]
        )
        #expect(
            keys(DeliveryColumns.pairs) == [
                "at", "handler", "state", "attempt", "duration_seconds", "worker", "detail",
            ]
        )
        #expect(
            keys(DeadLetterColumns.letter(now: Self.now)) == [
                "id", "died_at", "handler", "reason", "failed_attempts", "error", "delivery_id", "received_at",
                "endpoint", "source", "event_type", "idempotency_key", "body_bytes",
            ]
        )
        #expect(keys(DeadLetterColumns.history) == ["attempt", "at", "duration_seconds", "error"])
        #expect(
            keys(ReplayColumns.all(now: Self.now)) == [
                "id", "kind", "state", "expected", "moved", "looked", "requested_at", "requested_by", "finished_at",
                "filter",
                "rate", "canary", "stop_percent", "to_handler", "reason", "note",
            ]
        )
        #expect(
            keys(HandlerColumns.all) == [
                "name", "state", "kind", "patterns", "retries_waiting", "retries_due", "retries_in_flight",
                "next_due_at", "oldest_received_at", "dead_letters", "last_died_at", "limits", "busy_until",
            ]
        )
    }
}
