import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// A body without an event type, and the reason that must be given for it.
struct UnreadableCase: CustomTestStringConvertible {
    let source: Source
    let body: [UInt8]
    let reason: UnreadableReason

    init(_ source: Source, _ body: String, _ kind: UnreadableReason.Kind, at place: UnreadableReason.Place) {
        self.init(source, Array(body.utf8), kind, at: place)
    }

    init(_ source: Source, _ body: [UInt8], _ kind: UnreadableReason.Kind, at place: UnreadableReason.Place) {
        self.source = source
        self.body = body
        self.reason = UnreadableReason(kind, at: place)
    }

    var testDescription: String {
        "\(source): \(String(decoding: body.prefix(60), as: UTF8.self))"
    }
}

@Suite("Unreadable bodies")
struct UnreadableReasonTests {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let latin1 = Array(#"{"type":"user.created","data":{"name":"Ren"#.utf8) + [0xE9, 0x22, 0x7D, 0x7D]
    private static let deep = #"{"type":"a.b","data":\#(IdentifyTests.nested(600))}"#

    static let texts: [UnreadableCase] = [
        UnreadableCase(.wacht, "", .truncated, at: .byte(0)),
        UnreadableCase(.wacht, #"{"type":"user.created""#, .truncated, at: .byte(22)),
        UnreadableCase(.anthropic, "[]", .notAnObject, at: .byte(0)),
        UnreadableCase(.dynamic, "eventName=ping&data=", .notAnObject, at: .byte(0)),
        UnreadableCase(.nyuchi, "{'type':'user.created'}", .notJSON, at: .byte(1)),
        UnreadableCase(.wacht, latin1, .notUTF8, at: .byte(42)),
        UnreadableCase(.nyuchi, latin1, .notUTF8, at: .byte(42)),
        UnreadableCase(.hmacSHA256, latin1, .notUTF8, at: .byte(42)),
        UnreadableCase(.wacht, deep, .tooDeep, at: .byte(532)),
        UnreadableCase(.nyuchi, deep, .tooDeep, at: .byte(148)),
        UnreadableCase(.standardWebhooks, deep, .tooDeep, at: .byte(148)),
        UnreadableCase(.wacht, #"{"type":"a","data":{},"type":"b"}"#, .duplicateMember, at: .byte(23)),
        UnreadableCase(.dynamic, #"{"eventName":"a","\u0065ventName":"b"}"#, .duplicateMember, at: .byte(18)),
        UnreadableCase(.bearer, #"{"type":"a","type":"a"}"#, .duplicateMember, at: .byte(13)),
        UnreadableCase(.wakit, Array(#"{"entity":"a","action":"b"}"#.utf8) + [0], .trailingBytes, at: .byte(27)),
        UnreadableCase(.nyuchi, #"{"type":"a"} {"type":"b"}"#, .trailingBytes, at: .byte(13)),
        UnreadableCase(.wacht, mark + mark + Array(#"{"type":"a"}"#.utf8), .notAnObject, at: .byte(3)),
        UnreadableCase(.nyuchi, [0xFF, 0xFE] + Array(#"{"type":"a"}"#.utf8), .notAnObject, at: .byte(0)),
    ]

    static let types: [UnreadableCase] = [
        UnreadableCase(.wacht, #"{"data":{},"timestamp":"2026-03-04T10:00:00.000Z"}"#, .noEventType, at: .path("type")),
        UnreadableCase(.wacht, #"{"type":7,"data":{}}"#, .noEventType, at: .path("type")),
        UnreadableCase(.nyuchi, #"{"type":null,"data":{}}"#, .noEventType, at: .path("type")),
        UnreadableCase(.nyuchi, #"{"type":"","data":{}}"#, .unusableEventType, at: .path("type")),
        UnreadableCase(.anthropic, #"{"id":"e","type":"event"}"#, .noEventType, at: .path("data")),
        UnreadableCase(.anthropic, #"{"id":"e","data":[]}"#, .noEventType, at: .path("data")),
        UnreadableCase(.anthropic, #"{"id":"e","data":{"id":"x"}}"#, .noEventType, at: .path("data.type")),
        UnreadableCase(
            .anthropic,
            #"{"data":{"type":"a.b","\u0074ype":"a.c"}}"#,
            .duplicateMember,
            at: .path("data.type")
        ),
        UnreadableCase(.anthropic, #"{"data":{"type":"a\u0007b"}}"#, .unusableEventType, at: .path("data.type")),
        UnreadableCase(.wakit, #"{"object":"whatsapp_business_account"}"#, .noEventType, at: .path("entity")),
        UnreadableCase(.wakit, #"{"entity":"messages","data":{}}"#, .noEventType, at: .path("action")),
        UnreadableCase(.dynamic, #"{"eventName":"\ud83d"}"#, .unusableEventType, at: .path("eventName")),
        UnreadableCase(
            .dynamic,
            #"{"eventName":"\#(String(repeating: "x", count: 257))"}"#,
            .unusableEventType,
            at: .path("eventName")
        ),
        UnreadableCase(.bearer, #"{"event":"invoice.paid"}"#, .noEventType, at: .path("type")),
    ]

    @Test("a body without an event type says why, and where", arguments: texts + types)
    func reason(_ test: UnreadableCase) {
        let rules = SourceRegistry.builtIn.rules(for: test.source)
        #expect(rules.identify(headers: Headers(), body: test.body).eventType == nil)
        #expect(rules.unreadableReason(headers: Headers(), body: test.body) == test.reason)
    }

    @Test("a body with an event type has no reason, whether the type stands in a header, a field or the database")
    func readable() {
        let headers = Headers([("X-Event", "invoice.paid")])
        let noObject = UnreadableReason(.notAnObject, at: .byte(0))
        let byHeader = GenericRules(source: .bearer, eventTypeHeader: "x-event")
        #expect(byHeader.unreadableReason(headers: headers, body: [0]) == nil)
        #expect(byHeader.unreadableReason(headers: Headers(), body: [0]) == noObject)
        let byField = GenericRules(source: .bearer, eventTypePath: "event")
        #expect(byField.unreadableReason(headers: Headers(), body: Array(#"{"event":"a"}"#.utf8)) == nil)
        #expect(SourceRegistry.builtIn.rules(for: .sql).unreadableReason(headers: Headers(), body: [0]) == nil)
        let bare = #"{"thread_id":"1","message_type":"platform_event","data":{}}"#
        #expect(
            SourceRegistry.builtIn.rules(for: .wacht).unreadableReason(headers: Headers(), body: Array(bare.utf8))
                == nil
        )
    }

    @Test("rules that say nothing of their own still say that there is no event type")
    func plainRules() {
        struct PlainRules: SourceRules {
            let source: Source = "own"
            func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
                DeliveryIdentity(eventType: body.isEmpty ? nil : "a", idempotencyKey: "k")
            }
            func details(of delivery: Delivery) -> EventDetails {
                EventDetails()
            }
        }
        #expect(PlainRules().unreadableReason(headers: Headers(), body: []) == UnreadableReason(.noEventType))
        #expect(PlainRules().unreadableReason(headers: Headers(), body: [1]) == nil)
    }

    @Test("a reason shows its kind and its place, and every kind has a label of its own")
    func descriptions() {
        #expect(UnreadableReason(.notUTF8, at: .byte(17)).description == "not UTF-8 (byte 17)")
        #expect(UnreadableReason(.noEventType, at: .path("data.type")).description == "no event type (data.type)")
        #expect(UnreadableReason(.noEventType).description == "no event type")
        #expect(Set(UnreadableReason.Kind.allCases.map(\.text)).count == UnreadableReason.Kind.allCases.count)
        for fault in JSONFault.Kind.allCases {
            #expect(UnreadableReason(JSONFault(kind: fault, offset: 3)).place == .byte(3))
        }
    }

    @Test(
        "a byte order mark before a body changes nothing in its type, key, details and typed event",
        arguments: [Source.wacht, .anthropic, .wakit, .dynamic, .nyuchi, .standardWebhooks]
    )
    func byteOrderMark(_ source: Source) throws {
        let samples = SampleDeliveries(seed: 1)
        let types = SourceRegistry.builtIn.events(of: source).map(\.eventType) + ["some.type"]
        for type in types {
            guard let sample = samples.sample(source, type, index: 0, now: unix(1_773_568_800)) else { continue }
            let body = String(decoding: sample.body, as: UTF8.self)
            let plain = event(source, body)
            let marked = event(source, "\u{FEFF}\(body)")
            #expect(plain.type == type && marked.type == type)
            let isDigest = plain.idempotencyKey.hasPrefix("sha256:") || source == .wakit
            #expect(isDigest || marked.idempotencyKey == plain.idempotencyKey)
            #expect(marked.details.occurredAt == plain.details.occurredAt)
            #expect(marked.details.orderingKey == plain.details.orderingKey)
            if let entry = SourceRegistry.builtIn.events(of: source).first(where: { $0.eventType == type }) {
                let values = try [plain, marked].map { try entry.swiftType.init(decoding: $0) as? AnyHashable }
                #expect(values[0] != nil && values[0] == values[1])
            }
            #expect(Wacht.fingerprint(of: marked) == Wacht.fingerprint(of: plain))
            let shown = SourceRegistry.builtIn.redacted(body: marked.body, source: source)
            #expect(shown.hiding == SourceRegistry.builtIn.redacted(body: plain.body, source: source).hiding)
        }
    }

    @Test("a bare thread event has one fingerprint with and without a byte order mark")
    func bareFingerprint() {
        let bare = #"{"thread_id":"1","message_type":"platform_event","data":{}}"#
        let found = [bare, "\u{FEFF}\(bare)"].map { Wacht.fingerprint(of: event(.wacht, $0)) }
        #expect(found[0] != nil && found[0] == found[1])
    }
}
