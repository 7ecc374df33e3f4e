import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

// Where each of Anthropic's nasty cases has its test:
//
//  1 types to come                           "types to come have no Swift type, and harm nothing"
//  2 an outer type that is no event          here
//  3 a body in camel case                    "a body in camel case from a mistaken fake is undecodable, …"
//  4 a thread or a vault that is missing     "every type decodes with the fields that all have, …"
//  5 further fields                          the same
//  6 the time in other forms                 "the time has fractions or an offset, and must be there"
//  7 a retry while the first is in flight    "the same key a thousand times at once is one delivery, …" (the inbox)
//  8 one id in several deliveries            here; "another body under a known key …" (the inbox)
//  9 a clock that is wrong                   here
// 10 an outage longer than the retries       "HTTP 503 with Retry-After while Postgres is down, …" (end to end)
// 11 events in any order                     here
// 12 two secrets, other versions, unpadded   "every secret is tried …", "tokens of other versions …", "the golden …"
// 13 the console's test event                here
// 14 a proxy that writes the request anew    here
// 15 identities of any form                  here, and "an id of 10 kB", "an id with U+0000" in Identity
@Suite("Anthropic's nasty cases")
struct AnthropicNastyTests {
    private static let secret = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="

    private func body(_ type: String, id: String = "whe_1", outer: String = "event", about: String = "sesn_1") -> String
    {
        """
        {"type":"\(outer)","id":"\(id)","created_at":"2026-03-15T10:00:00Z","data":{"type":"\(type)","id":"\(about)",\
        "organization_id":"org_1","workspace_id":"wrkspc_1"}}
        """
    }

    @Test("the outer type does not matter: the data's type is the event's")
    func outerType() throws {
        let event = event(.anthropic, body("session.archived", outer: "session.deleted"))
        #expect(event.type == "session.archived")
        #expect(try event.decode(as: Anthropic.SessionArchived.self).sessionID == "sesn_1")
        #expect(throws: UndecodableEvent.self) { try event.decode(as: Anthropic.SessionDeleted.self) }
    }

    @Test("one id is one key, whatever else differs: the time of sending, the signature, and even the body")
    func oneID() throws {
        let attempts = [
            try SignedAttempt(.anthropic, Self.secret, body("session.created"), id: "whe_1", at: 1_773_568_800),
            try SignedAttempt(.anthropic, Self.secret, body("session.created"), id: "whe_1", at: 1_773_568_920),
            try SignedAttempt(.anthropic, Self.secret, body("session.deleted"), id: "whe_1"),
        ]
        #expect(Set(attempts.map(\.key)) == ["whe_1"])
        #expect(Set(attempts.map { Headers($0.headers).only("webhook-signature") }).count == 3)
    }

    @Test("a webhook-id that is not the body's id changes nothing, and is said to be odd")
    func otherID() {
        for (id, isOdd) in [("whe_1", false), ("msg_2", true)] {
            let delivery = delivery(.anthropic, body("session.created"), headers: Headers([("webhook-id", id)]))
            let details = SourceRegistry.builtIn.rules(for: .anthropic).details(of: delivery)
            #expect(delivery.idempotencyKey == "whe_1")
            #expect((details.oddity != nil) == isOdd)
            #expect(details.oddity?.contains("msg_2") != true, "nothing of the delivery is quoted")
        }
        #expect(details(.anthropic, body("session.created")).oddity == nil)
    }

    @Test("a clock that is six minutes wrong refuses everything for a reason of its own, which can be counted")
    func wrongClock() throws {
        let attempt = try SignedAttempt(.anthropic, Self.secret, body("session.created"))
        for skew in [-360.0, 360] {
            #expect(
                try attempt.verdict([Self.secret], at: 1_773_568_800 + skew) == .refused(.timestampOutsideTolerance)
            )
        }
    }

    @Test("events of one session in any order share an ordering key, the deleted before the archived")
    func anyOrder() {
        let types = ["session.deleted", "session.archived", "session.status_idled", "session.outcome_evaluation_ended"]
        #expect(Set(types.map { details(.anthropic, body($0)).orderingKey }) == ["session:sesn_1"])
    }

    @Test(
        "identities are texts of any form",
        arguments: ["1", "event_01ABC", "whe.1", "00000000-0000-0000-0000-000000000000", "☕️", " "]
    )
    func oddIdentities(_ id: String) throws {
        let event = event(.anthropic, body("session.created", id: id, about: id))
        #expect(event.idempotencyKey == id)
        let created = try event.decode(as: Anthropic.SessionCreated.self)
        #expect(created.sessionID == id && created.notice.eventID == id)
        #expect(created.notice.organizationID == "org_1", "a handler can keep other organizations out")
    }

    @Test("a test event of a type that nobody knows has its key and its session")
    func testEvent() {
        let event = event(.anthropic, body("webhook.test", id: "test"))
        #expect(event.type == "webhook.test" && event.idempotencyKey == "test")
        #expect(event.details.orderingKey == "webhook:sesn_1")
    }

    @Test("what a proxy has written anew is refused")
    func proxy() throws {
        let attempt = try SignedAttempt(.anthropic, Self.secret, body("session.created"))
        let pretty = attempt.body.replacing(",", with: ", ")
        #expect(try attempt.verdict([Self.secret], body: pretty) == .refused(.signatureMismatch))
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let merged = attempt.headers.map { header in
                (name: header.name, value: header.name == name ? "\(header.value), \(header.value)" : header.value)
            }
            guard case .refused = try attempt.verdict([Self.secret], headers: merged) else {
                // The second of two equal signatures is whole, and proves as much as one.
                #expect(name == "webhook-signature")
                continue
            }
        }
    }
}
