import PostroomCore
import Testing

@testable import PostroomCLI
@testable import PostroomInbox

@Suite("Bodies that are shown")
struct ShownBodyTests {
    struct Case: Sendable {
        let source: Source
        let body: [UInt8]
        let shown: String
        let note: String
        let json: JSONTree

        init(_ source: Source, _ body: String, shown: String, note: String = "", hidden: JSONTree = "nothing") {
            self.init(source, Array(body.utf8), shown: shown, note: note, hidden: hidden)
        }

        init(_ source: Source, _ body: [UInt8], shown: String, note: String = "", hidden: JSONTree = "nothing") {
            self.source = source
            self.body = body
            self.shown = shown
            self.note = note
            self.json = ["text": .string(shown), "base64": .null, "hidden": hidden]
        }
    }

    private static let whole =
        "the body is hidden as a whole: it is neither a JSON object nor an array of them, so that nobody can tell what in it is sensitive; "
        + "--show-sensitive shows it\n"

    static let cases = [
        Case(.anthropic, #"{"data":{"id":"sesn_1"}}"#, shown: #"{"data":{"id":"sesn_1"}}"#),
        Case(
            .wacht,
            #"{"data":{"otp_url":"otpauth://x"},"type":"user.mfa.enabled"}"#,
            shown: #"{"data":{"otp_url":"•••"},"type":"user.mfa.enabled"}"#,
            note: "1 sensitive value is hidden; --show-sensitive shows all\n",
            hidden: "values"
        ),
        Case(
            .hmacSHA256,
            #"{"password":"hunter2", "api_key":"hunter2", "n":1}"#,
            shown: #"{"password":"•••", "api_key":"•••", "n":1}"#,
            note: "2 sensitive values are hidden; --show-sensitive shows all\n",
            hidden: "values"
        ),
        Case(.sql, #"{"id":1}"#, shown: #"{"id":1}"#),
        Case(.bearer, "user=a&token=hunter2", shown: "•••", note: whole, hidden: "all"),
        Case(.nyuchi, [0x7B, 0xFF, 0x7D], shown: "•••", note: whole, hidden: "all"),
        Case(.nyuchi, "", shown: ""),
    ]

    private static func delivery(_ source: Source, _ body: [UInt8]) -> Delivery {
        Delivery(
            id: DeliveryID(rawValue: 256),
            endpoint: "e",
            source: source,
            eventType: nil,
            idempotencyKey: "k",
            receivedAt: moment("2026-05-31T11:58:00Z"),
            headers: Headers([]),
            body: body
        )
    }

    private static func letter(_ delivery: Delivery) -> DeadLetter {
        let summary = DeadLetterSummary(
            id: 7,
            deliveryID: delivery.id,
            handler: "crm",
            endpoint: "e",
            eventType: nil,
            diedAt: moment("2026-05-31T11:59:00Z"),
            reason: "exhausted",
            failedAttempts: 1,
            error: "no"
        )
        return DeadLetter(summary: summary, delivery: delivery, history: "[]")
    }

    @Test("of a delivery and of a dead letter, a body is shown without its sensitive values", arguments: cases)
    func redacted(_ test: Case) {
        let delivery = Self.delivery(test.source, test.body)
        let body = ShownBody(of: delivery, .redacted)
        let views: [(CommandOutput, Bool) -> Void] = [
            { DeliveryView(delivery: delivery, pairs: [], body: body).write(to: $0, now: delivery.receivedAt, $1) },
            { DeadLetterView(letter: Self.letter(delivery), body: body).write(to: $0, now: delivery.receivedAt, $1) },
        ]
        for view in views {
            let (data, notes) = written { view($0, false) }
            #expect(data == test.shown)
            #expect(notes == test.note)
            let json = written { view($0, true) }.data
            #expect(json.contains(#""body":"# + String(decoding: test.json.line, as: UTF8.self)))
            #expect(!json.contains("hunter2") && !json.contains("otpauth"))
        }
    }

    @Test("as it was received it is shown only when somebody asks", arguments: cases)
    func received(_ test: Case) {
        let body = ShownBody(of: Self.delivery(test.source, test.body), .received)
        #expect(writtenBytes { body.write(to: $0) } == test.body)
        #expect(written { body.write(to: $0) }.notes.isEmpty)
        #expect(body.json["hidden"] == "nothing")
    }

    @Test("machines get bytes that are no text in Base64")
    func base64() {
        let body = ShownBody(of: Self.delivery(.bearer, [0xFF, 0x00]), .received)
        #expect(body.json == ["text": nil, "base64": "/wA=", "hidden": "nothing"])
    }
}
