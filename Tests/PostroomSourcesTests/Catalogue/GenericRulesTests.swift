import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Identity by options")
struct GenericRulesTests {
    private let headers = Headers([("X-Event", "invoice.paid"), ("X-Id", "h1"), ("webhook-id", "w1")])
    private let body = Array(#"{"type":"t","event":{"type":"x"},"kind":"k","id":9007199254740993}"#.utf8)

    private func identify(_ rules: GenericRules) -> [String?] {
        let identity = rules.identify(headers: headers, body: body)
        return [identity.eventType, identity.idempotencyKey]
    }

    @Test("the defaults are the field 'type', and webhook-id or the body's digest")
    func defaults() {
        #expect(identify(GenericRules(source: .standardWebhooks)) == ["t", "w1"])
        #expect(identify(GenericRules(source: .hmacSHA256)) == ["t", IdentityText.digest(body)])
        #expect(identify(GenericRules(source: .bearer)) == ["t", IdentityText.digest(body)])
    }

    @Test("headers count before fields")
    func options() {
        let rules = GenericRules(source: .hmacSHA256, eventTypeHeader: "x-event", keyHeader: "x-id", keyPath: "id")
        #expect(identify(rules) == ["invoice.paid", "h1"])
        let fields = GenericRules(source: .standardWebhooks, eventTypePath: "kind", keyPath: "id")
        #expect(identify(fields) == ["k", "9007199254740993"])
        let absent = GenericRules(source: .bearer, eventTypeHeader: "x-none", keyHeader: "x-none", keyPath: "event")
        #expect(identify(absent) == ["t", IdentityText.digest(body)])
        let key = GenericRules(source: .bearer, keyPath: "id")
        #expect(identify(key) == ["t", "9007199254740993"])
        let none = GenericRules(source: .bearer, eventTypePath: "event")
        #expect(identify(none) == [nil, IdentityText.digest(body)])
    }

    @Test("the recommended field gives the time")
    func details() {
        let found = PostroomSourcesTests.details(.bearer, #"{"timestamp":"2026-03-04T10:00:00Z"}"#)
        #expect(found.occurredAt == unix(1_772_618_400))
        #expect(found.orderingKey == nil && !found.isRedelivery)
    }

    @Test("enqueued deliveries keep what they were stored with")
    func stored() {
        let found = PostroomSourcesTests.details(.sql, #"{"timestamp":"2026-03-04T10:00:00Z"}"#)
        #expect(found.occurredAt == nil && found.orderingKey == nil && !found.isRedelivery)
    }
}
