import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

// Where each of Wacht's nasty cases has its test:
//
//  1 a retry of hours later, signed once     "Wacht's retries of a week later are still authentic, …"
//  2 a secret rotated between attempts       here
//  3 numbers beyond 2^53                     "Wacht's entity number beyond 2^53 is exact"
//  4 replays of replays                      "wrapped, bare and replayed thread messages are one and the same"
//  5 a bare thread envelope                  the same
//  6 content of another type than its message, new types
//                                            "a content's type may differ …", "a new type of message …"
//  7 loose questions, answers by kind        "questions and answers in another form …", "each kind of answer …"
//  8 denial by absence                       "a tool without an approval is denied"
//  9 tool results of any size and depth      "a tool's result may be deep, large, an error, or nothing"
// 10 platform events of customers            "a platform event has any label and any data"
// 11 usage with null counters                "a model's usage is read with costs and without, …"
// 12 one change under two identities         here
// 13 events in any order                     here
// 14 metadata that other parsers choke on    here, and "metadata that other parsers choke on" in Identity
// 15 headers of the customer's, any type     here, and "a type of 10 kB", "a test event" in Identity
@Suite("Wacht's nasty cases")
struct WachtNastyTests {
    private static let old = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0"
    private static let new = "whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0"

    @Test("a delivery whose second attempt is signed by the new secret keeps its key, and both attempts are authentic")
    func rotatedSecret() throws {
        let body = #"{"data":{"entity_id":1},"timestamp":"2026-03-04T10:00:00.000Z","type":"user.created"}"#
        let first = try SignedAttempt(.wacht, Self.old, body, id: "msg_7")
        let second = try SignedAttempt(.wacht, Self.new, body, id: "msg_7")
        for attempt in [first, second] {
            #expect(try attempt.verdict([Self.old, Self.new]) == .authentic)
            #expect(attempt.key == "msg_7")
        }
        #expect(try second.verdict([Self.old]) == .refused(.signatureMismatch))
    }

    @Test("one change under two identities has one fingerprint, replays included, and another change another")
    func oneChange() {
        let data = #"{"entity_id":1,"entity_type":"user","first_name":"A"}"#
        func envelope(_ data: String, at time: String = "2026-03-04T10:00:00.000Z") -> String {
            #"{"data":\#(data),"timestamp":"\#(time)","type":"user.updated"}"#
        }
        let replay = envelope(envelope(data), at: "2026-03-05T10:00:00.000Z")
        let same = [envelope(data), envelope(data, at: "2026-03-04T10:00:07.000Z"), replay, envelope(replay)]
            .map { Wacht.fingerprint(of: event(.wacht, $0)) }
        #expect(Set(same).count == 1 && same[0] != nil)
        #expect(Wacht.fingerprint(of: event(.wacht, envelope(data.replacing("A", with: "B")))) != same[0])
        #expect(Wacht.fingerprint(of: event(.wacht, envelope(data).replacing("updated", with: "created"))) != same[0])
        #expect(Wacht.fingerprint(of: event(.wacht, "{")) == nil)
        #expect(Wacht.fingerprint(of: event(.nyuchi, envelope(data))) == nil)
        let keys = ["msg_1", "msg_2"]
            .map { id in
                identity(.wacht, envelope(data), headers: Headers([("webhook-id", id)])).idempotencyKey
            }
        #expect(keys == ["msg_1", "msg_2"])
    }

    @Test("events of one object that come in the wrong order decode alone, and share an ordering key")
    func anyOrder() throws {
        let types: [[any WebhookEvent.Type]] = [
            [Wacht.UserUpdated.self, Wacht.UserCreated.self], [Wacht.SessionDeleted.self, Wacht.SessionCreated.self],
        ]
        for pair in types {
            let events = pair.map { type in
                let entity = type.eventTypes[0].prefix { $0 != "." }
                return event(
                    .wacht,
                    """
                    {"data":{"entity_id":24239923154394947,"entity_type":"\(entity)","id":"24239923154394947"},\
                    "timestamp":"2026-03-04T10:00:00.000Z","type":"\(type.eventTypes[0])"}
                    """
                )
            }
            #expect(Set(events.map(\.details.orderingKey)).count == 1)
            for (event, type) in zip(events, pair) {
                #expect(throws: Never.self) { try type.init(decoding: event) }
            }
        }
    }

    @Test(
        "no metadata loses its event",
        arguments: [
            #"{"type":"x","data":{},"timestamp":1}"#, #"{"__proto__":{"a":1}}"#, #"{"a":1,"a":2}"#, #"{"n":1e400}"#,
            #"{"s":"\ud83d"}"#, #"{"z":"\u0000"}"#, #""text""#, "[[[1]]]", "null",
        ]
    )
    func metadata(_ json: String) throws {
        let body = """
            {"data":{"entity_id":1,"entity_type":"user","id":"1","private_metadata":\(json),"public_metadata":\(json)},\
            "timestamp":"2026-03-04T10:00:00.000Z","type":"user.updated"}
            """
        let event = event(.wacht, body)
        let user = try event.decode(as: Wacht.UserUpdated.self).user
        #expect(event.type == "user.updated" && event.details.orderingKey == "user:1")
        #expect(user.publicMetadata.map { String(decoding: $0.bytes, as: UTF8.self) } == (json == "null" ? nil : json))
        let shown = String(
            decoding: SourceRegistry.builtIn.redacted(body: event.body, source: .wacht).bytes,
            as: UTF8.self
        )
        #expect(shown.contains(#""private_metadata":"•••""#))
    }

    @Test("a customer's own headers are kept, but no second signature is let in")
    func ownHeaders() throws {
        let body = #"{"data":{},"timestamp":"2026-03-04T10:00:00.000Z","type":"test.webhook"}"#
        let attempt = try SignedAttempt(.wacht, Self.old, body)
        let more = attempt.headers + [("Authorization", "Bearer x"), ("X-Où", "café ☕️")]
        #expect(try attempt.verdict([Self.old], headers: more) == .authentic)
        #expect(Headers(more).only("x-où") == "café ☕️")
        let second = attempt.headers + [("Webhook-Signature", "v1,AAAA")]
        #expect(try attempt.verdict([Self.old], headers: second) == .refused(.duplicateHeader))
    }
}
