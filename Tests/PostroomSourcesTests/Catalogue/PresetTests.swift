import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Presets")
struct PresetTests {
    struct Case: CustomTestStringConvertible {
        let source: Source
        var headers: [(name: String, value: String)] = []
        let body: String
        let type: String?
        /// `nil` for the body's digest.
        let key: String?
        let orderingKey: String?
        let time: Double?

        var testDescription: String { "\(source) \(body.prefix(60))" }
    }

    private static let form: [(name: String, value: String)] = [
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
    ]

    static let cases: [Case] = [
        Case(
            source: .github,
            headers: [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "72d3162e")],
            body:
                #"{"ref":"refs/heads/main","repository":{"id":1296269},"head_commit":{"timestamp":"2026-05-28T20:26:40+00:00"}}"#,
            type: "push",
            key: "72d3162e",
            orderingKey: "repository:1296269",
            time: 1_780_000_000
        ),
        Case(source: .github, body: #"{"action":"opened"}"#, type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .gitlab,
            headers: [("Idempotency-Key", "f5e5f430")],
            body:
                #"{"object_kind":"merge_request","object_attributes":{"id":93,"action":"merge","updated_at":"2026-05-28 20:26:40 UTC"}}"#,
            type: "merge_request.merge",
            key: "f5e5f430",
            orderingKey: "merge_request:93",
            time: nil
        ),
        Case(
            source: .stripe,
            body:
                #"{"id":"evt_1","created":1780000000,"type":"charge.refunded","data":{"object":{"id":"ch_1","object":"charge"}}}"#,
            type: "charge.refunded",
            key: "evt_1",
            orderingKey: "charge:ch_1",
            time: 1_780_000_000
        ),
        Case(
            source: .shopify,
            headers: [
                ("X-Shopify-Topic", "orders/create"), ("X-Shopify-Event-Id", "98880550"),
                ("X-Shopify-Webhook-Id", "b54557e4"),
                ("X-Shopify-Triggered-At", "2026-05-28T20:26:40.000000000Z"),
            ],
            body: #"{"id":820982911946154508}"#,
            type: "orders/create",
            key: "orders/create:98880550",
            orderingKey: "object:820982911946154508",
            time: 1_780_000_000
        ),
        Case(
            source: .hubspot,
            body:
                #"[{"eventId":1,"subscriptionType":"contact.creation","objectId":123,"occurredAt":1780000000000},{"eventId":2}]"#,
            type: "contact.creation",
            key: nil,
            orderingKey: "object:123",
            time: 1_780_000_000
        ),
        Case(source: .hubspot, body: "[]", type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .slack,
            headers: form,
            body: "command=%2Fdeploy&trigger_id=13345224609.738474920.8088930838d88f008e0",
            type: "/deploy",
            key: "13345224609.738474920.8088930838d88f008e0",
            orderingKey: nil,
            time: nil
        ),
        Case(
            source: .slack,
            headers: form,
            body: "payload=%7B%22type%22%3A%22block_actions%22%7D",
            type: "block_actions",
            key: nil,
            orderingKey: nil,
            time: nil
        ),
        Case(
            source: .twilio,
            headers: [form[0], ("I-Twilio-Idempotency-Token", "t1")],
            body: "CallSid=CA1&CallStatus=no-answer",
            type: "call.no-answer",
            key: "t1",
            orderingKey: "call:CA1",
            time: nil
        ),
        Case(source: .twilio, headers: form, body: "Digits=1", type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .discord,
            body: #"{"type":2,"token":"t","data":{"name":"ping"}}"#,
            type: "interaction.ping",
            key: nil,
            orderingKey: nil,
            time: nil
        ),
        Case(source: .discord, body: #"{"type":1}"#, type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .meta,
            body: #"{"object":"page","entry":[{"id":"1","time":1780000000,"messaging":[]}]}"#,
            type: "page",
            key: nil,
            orderingKey: "page:1",
            time: 1_780_000_000
        ),
        Case(
            source: .cloudEvents,
            headers: [
                ("ce-type", "com.example.paid"), ("ce-source", "/pay"), ("ce-id", "7"),
                ("ce-time", "2026-05-28T20:26:40Z"),
            ],
            body: "any",
            type: "com.example.paid",
            key: "/pay:7",
            orderingKey: nil,
            time: 1_780_000_000
        ),
    ]

    @Test("find type, key, object and time where their producers have them", arguments: cases)
    func identity(_ test: Case) {
        let rules = SourceRegistry.builtIn.rules(for: test.source)
        let headers = Headers(test.headers)
        let body = Array(test.body.utf8)
        let identity = rules.identify(headers: headers, body: body)
        #expect(identity.eventType == test.type)
        #expect(identity.idempotencyKey == test.key ?? IdentityText.digest(body))
        #expect((rules.unreadableReason(headers: headers, body: body) == nil) == (test.type != nil))
        let details = rules.details(of: delivery(test.source, test.body, headers: headers))
        #expect(details.orderingKey == test.orderingKey)
        #expect(details.occurredAt == test.time.map(unix))
    }

    @Test("cite their producer's documentation, and have samples")
    func documented() {
        for model in Presets.all {
            #expect(model.definition.documentation?.hasPrefix("https://") == true)
            #expect(!model.sampleTypes.isEmpty && model.promisesEventType)
        }
    }

    @Test("hide in samples what their producers send of people", arguments: Presets.all.map(\.definition.source))
    func redaction(_ source: Source) throws {
        let sample = try #require(SampleDeliveries(seed: 1).sample(source, index: 0, now: unix(1_780_000_000)))
        let shown = SourceRegistry.builtIn.redacted(body: sample.body, source: source)
        #expect(!String(decoding: shown.bytes, as: UTF8.self).contains("ada@example.com"))
    }
}
