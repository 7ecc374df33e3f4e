import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// The findings that a source's rules must have in a request.
struct IdentifyCase: CustomTestStringConvertible {
    let name: String
    let source: Source
    let body: String
    var headers: [(name: String, value: String)] = []
    let type: String?
    /// `nil` stands for the digest of the body.
    let key: String?

    var testDescription: String {
        "\(source): \(name)"
    }
}

@Suite("Identity")
struct IdentifyTests {
    private static let message = [(name: "Webhook-Id", value: "msg_1")]

    static let wacht = [
        IdentifyCase(
            name: "the wire's shape, sorted, type last",
            source: .wacht,
            body: #"{"data":{"entity_id":1},"timestamp":"2026-03-04T10:00:00.000Z","type":"user.created"}"#,
            headers: message,
            type: "user.created",
            key: "msg_1"
        ),
        IdentifyCase(
            name: "a bare thread envelope",
            source: .wacht,
            body:
                #"{"thread_id":"1","message_type":"conversation_message","data":{},"timestamp":"2026-03-04T10:00:00Z"}"#,
            headers: message,
            type: "agent.thread.message",
            key: "msg_1"
        ),
        IdentifyCase(
            name: "a bare platform event",
            source: .wacht,
            body: #"{"thread_id":1,"message_type":"platform_event","data":{"event_label":"x","event_data":null}}"#,
            headers: message,
            type: "agent.thread.platform_event",
            key: "msg_1"
        ),
        IdentifyCase(
            name: "a bare envelope of an unknown kind",
            source: .wacht,
            body: #"{"thread_id":1,"message_type":"other","data":{}}"#,
            headers: message,
            type: nil,
            key: "msg_1"
        ),
        IdentifyCase(
            name: "metadata that other parsers choke on",
            source: .wacht,
            body: """
                {"data":{"entity_id":1,"public_metadata":{"type":"x","data":{},"__proto__":1,"a":1,"a":2,"n":1e400,\
                "s":"\\ud83d"}},"timestamp":"2026-03-04T10:00:00.000Z","type":"user.updated"}
                """,
            headers: message,
            type: "user.updated",
            key: "msg_1"
        ),
        IdentifyCase(
            name: "tool output nested 300 deep",
            source: .wacht,
            body:
                #"{"data":{"x":\#(nested(300))},"timestamp":"2026-03-04T10:00:00.000Z","type":"agent.thread.message"}"#,
            headers: message,
            type: "agent.thread.message",
            key: "msg_1"
        ),
        IdentifyCase(
            name: "two types",
            source: .wacht,
            body: #"{"type":"user.created","data":{},"type":"user.deleted"}"#,
            headers: message,
            type: nil,
            key: "msg_1"
        ),
        IdentifyCase(
            name: "a type of 10 kB",
            source: .wacht,
            body: #"{"type":"\#(String(repeating: "a", count: 10_000))","data":{}}"#,
            headers: message,
            type: nil,
            key: "msg_1"
        ),
        IdentifyCase(
            name: "a test event",
            source: .wacht,
            body: #"{"type":"test.webhook","timestamp":"2026-03-04T10:00:00.000Z","data":[1]}"#,
            headers: message,
            type: "test.webhook",
            key: "msg_1"
        ),
        IdentifyCase(name: "no id", source: .wacht, body: #"{"type":"a.b"}"#, type: "a.b", key: nil),
        IdentifyCase(
            name: "two ids",
            source: .wacht,
            body: #"{"type":"a.b"}"#,
            headers: message + message,
            type: "a.b",
            key: nil
        ),
        IdentifyCase(name: "an empty body", source: .wacht, body: "", headers: message, type: nil, key: "msg_1"),
        IdentifyCase(name: "no JSON", source: .wacht, body: "{'a'", headers: message, type: nil, key: "msg_1"),
    ]

    static let anthropic = [
        IdentifyCase(
            name: "the documented shape",
            source: .anthropic,
            body: GoldenVector.all[2].body,
            headers: message,
            type: "session.status_idled",
            key: "whe_0f1e2d3c4b5a69788796a5b4c3d2e1f0"
        ),
        IdentifyCase(
            name: "an unknown type",
            source: .anthropic,
            body: #"{"id":"e","type":"event","data":{"type":"session.status_scheduled"}}"#,
            type: "session.status_scheduled",
            key: "e"
        ),
        IdentifyCase(
            name: "an outer type that is no event",
            source: .anthropic,
            body: #"{"id":"e","type":"test","data":{"type":"session.created"}}"#,
            type: "session.created",
            key: "e"
        ),
        IdentifyCase(
            name: "two inner types",
            source: .anthropic,
            body: #"{"id":"e","data":{"type":"session.created","\u0074ype":"session.deleted"}}"#,
            type: nil,
            key: "e"
        ),
        IdentifyCase(
            name: "no id in the body",
            source: .anthropic,
            body: #"{"data":{"type":"a.b"}}"#,
            headers: message,
            type: "a.b",
            key: "msg_1"
        ),
        IdentifyCase(
            name: "an id with U+0000",
            source: .anthropic,
            body: #"{"id":"a\u0000b","data":{"type":"a\u0007b"}}"#,
            type: nil,
            key: nil
        ),
        IdentifyCase(
            name: "an id of 10 kB",
            source: .anthropic,
            body: #"{"id":"\#(String(repeating: "x", count: 10_000))","data":{"type":"a.b"}}"#,
            type: "a.b",
            key: IdentityText.digest([UInt8](repeating: UInt8(ascii: "x"), count: 10_000))
        ),
        IdentifyCase(
            name: "data that is no object",
            source: .anthropic,
            body: #"{"id":"e","data":"x"}"#,
            type: nil,
            key: "e"
        ),
    ]

    static let dynamic = [
        IdentifyCase(
            name: "the documented shape",
            source: .dynamic,
            body: #"{"messageId":"m","eventId":"e","eventName":"user.created","data":{}}"#,
            headers: message,
            type: "user.created",
            key: "e"
        ),
        IdentifyCase(
            name: "an event of an environment",
            source: .dynamic,
            body: #"{"messageId":"m","eventId":"e","environmentId":"v","eventName":"user.created","data":{}}"#,
            type: "user.created",
            key: "v:e"
        ),
        IdentifyCase(
            name: "a ping with nothing else",
            source: .dynamic,
            body: #"{"eventName":"ping"}"#,
            type: "ping",
            key: nil
        ),
        IdentifyCase(
            name: "an event without a message",
            source: .dynamic,
            body: #"{"eventId":"e","messageId":null,"eventName":"businessAccount.member.roleChanged.x"}"#,
            type: "businessAccount.member.roleChanged.x",
            key: "e"
        ),
        IdentifyCase(
            name: "an empty event id",
            source: .dynamic,
            body: #"{"eventId":"","messageId":"m","environmentId":"v","eventName":""}"#,
            type: nil,
            key: "m"
        ),
    ]

    static let nyuchi = [
        IdentifyCase(
            name: "the documented shape, printed with spaces",
            source: .nyuchi,
            body: #"{ "id": "evt_1", "type": "user.created", "created_at": "2025-03-12T09:14:33Z", "data": { } }"#,
            type: "user.created",
            key: "evt_1"
        ),
        IdentifyCase(
            name: "two types",
            source: .nyuchi,
            body: #"{"id":"evt_1","type":"user.created","data":{},"type":"project.updated"}"#,
            type: nil,
            key: nil
        ),
        IdentifyCase(name: "an array", source: .nyuchi, body: "[]", type: nil, key: nil),
    ]

    @Test(
        "type and key are found in every shape, and something stands in for what is missing",
        arguments: wacht + anthropic + dynamic + nyuchi
    )
    func identifies(_ test: IdentifyCase) {
        let body = Array(test.body.utf8)
        let identity = SourceRegistry.builtIn.rules(for: test.source)
            .identify(headers: Headers(test.headers), body: body)
        #expect(identity.eventType == test.type)
        #expect(identity.idempotencyKey == test.key ?? IdentityText.digest(body))
    }

    static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test("one whole digest, known from elsewhere")
    func digest() {
        #expect(
            IdentityText.digest(Array("abc".utf8))
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
    }

    @Test("a key of 512 bytes stays, a longer one becomes its digest")
    func longKeys() {
        let longest = String(repeating: "é", count: 256)
        #expect(IdentityText.key(longest) == longest)
        #expect(IdentityText.key(longest + "x") == IdentityText.digest(Array((longest + "x").utf8)))
    }
}
