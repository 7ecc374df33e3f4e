import PostroomConfiguration
import PostroomCore
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("Event types by today's rules")
struct EventTypesTests {
    private static let configuration = """
        endpoints:
          wacht-prod: {source: wacht, secrets: ["env:S"]}
          plain: {source: bearer, secrets: ["env:S"]}
          named: {source: bearer, secrets: ["env:S"], event-type: {json: kind}}
          hooks: {source: standard-webhooks, secrets: ["env:S"]}
        """

    private func types() throws -> EventTypes {
        EventTypes(try load(Self.configuration, ["S": "x"]).configuration, sources: .builtIn)
    }

    private func delivery(_ endpoint: EndpointName, _ source: Source, _ body: [UInt8], type: String? = nil) -> Delivery
    {
        Delivery(
            id: DeliveryID(rawValue: 256),
            endpoint: endpoint,
            source: source,
            eventType: type,
            idempotencyKey: "k",
            receivedAt: Timestamp(rawValue: 1),
            headers: Headers(),
            body: body
        )
    }

    @Test(
        "are read by the endpoint's options where it is known with the same source, else by the source's rules",
        arguments: [
            ("wacht-prod", Source.wacht, #"{"type":"user.created"}"#, "user.created"),
            ("gone", .wacht, #"{"type":"user.created"}"#, "user.created"),
            ("wacht-prod", .wacht, "\u{FEFF}{\"type\":\"user.created\"}", "user.created"),
            ("named", .bearer, #"{"kind":"a.b","type":"c.d"}"#, "a.b"),
            ("plain", .bearer, #"{"kind":"a.b","type":"c.d"}"#, "c.d"),
            ("named", .standardWebhooks, #"{"kind":"a.b","type":"c.d"}"#, "c.d"),
            ("wacht-prod", .wacht, #"{"type":"a","type":"b"}"#, nil),
        ] as [(EndpointName, Source, String, String?)]
    )
    func reads(endpoint: EndpointName, source: Source, body: String, type: String?) throws {
        #expect(try types().type(of: delivery(endpoint, source, Array(body.utf8))) == type)
    }

    @Test(
        "bodies of producers that promise a type are unreadable without one, others have none by nature",
        arguments: [
            ("wacht-prod", .wacht, Array(#"{"type":"a","type":"b"}"#.utf8), .duplicateMember),
            ("wacht-prod", .wacht, Array("{}\0".utf8), .trailingBytes),
            ("wacht-prod", .wacht, Array(#"{"type":""#.utf8) + [0xFF] + Array(#""}"#.utf8), .notUTF8),
            ("gone", .wacht, [], .truncated),
            ("named", .bearer, Array("{}".utf8), .noEventType), ("plain", .bearer, Array("{}".utf8), nil),
            ("plain", .bearer, Array("a=b".utf8), nil), ("hooks", .standardWebhooks, Array("[1]".utf8), nil),
            ("internal", .sql, Array("x".utf8), nil), ("wallets", .unverified, Array("x".utf8), nil),
        ] as [(EndpointName, Source, [UInt8], UnreadableReason.Kind?)]
    )
    func reasons(endpoint: EndpointName, source: Source, body: [UInt8], kind: UnreadableReason.Kind?) throws {
        #expect(try types().unreadableReason(of: delivery(endpoint, source, body))?.kind == kind)
        #expect(try types().unreadableReason(of: delivery(endpoint, source, body, type: "a.b")) == nil)
    }
}
