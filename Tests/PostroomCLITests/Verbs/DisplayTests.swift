import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("What verbs show of what strangers wrote")
struct DisplayTests {
    @Test(
        "values that authenticate are not shown",
        arguments: [
            "Authorization", "proxy-authorization", "Cookie", "SET-COOKIE", "webhook-signature", "X-Hub-Signature-256",
            "x-api-key", "X-Auth-Token", "X-Shared-Secret", "X-ApiKey", "x-dynamic-signature-256", "X-Auth",
        ]
    )
    func masked(name: String) {
        let shown = HeaderDisplay(Headers([(name, "s3cret")])).fields
        #expect(shown.map(\.name) == [name])
        #expect(shown.map(\.value) == [HeaderDisplay.mask])
    }

    @Test("a signature is not shown in a header of any name")
    func signatureByForm() {
        let shown = HeaderDisplay(Headers([("X-Acme", "sha256=" + String(repeating: "ab", count: 32))])).fields
        #expect(shown.map(\.value) == [HeaderDisplay.mask])
    }

    @Test(
        "other values are",
        arguments: ["webhook-id", "webhook-timestamp", "content-type", "user-agent", "idempotency-key", "x-author"]
    )
    func plain(name: String) {
        #expect(HeaderDisplay(Headers([(name, "v")])).fields.map(\.value) == ["v"])
    }

    @Test("control characters in headers move no cursor")
    func escapedHeaders() {
        let headers = HeaderDisplay(Headers([("x-\u{1B}[2J", "a\u{7}b")]))
        #expect(written { headers.write(to: $0) }.data == "\nheaders\n  x-\\u{1b}[2J: a\\u{7}b\n")
        #expect(String(decoding: headers.json.line, as: UTF8.self) == #"[{"name":"x-\u001b[2J","value":"a\u0007b"}]"#)
    }

    @Test(
        "a body is written byte for byte to a program, and escaped to a terminal",
        arguments: [
            (Array("{\"a\":1}".utf8), "{\"a\":1}\n"),
            (Array("a\nb\n".utf8), "a\nb\n"),
            (Array("\u{1B}]0;x\u{7}\r\n".utf8), "\\u{1b}]0;x\\u{7}\\r\n"),
            ([0xFF, 0x00], "\u{FFFD}\\u{0}\n"),
            ([], ""),
        ]
    )
    func body(bytes: [UInt8], shown: String) {
        #expect(writtenBytes { BodyDisplay.write(bytes, to: $0, isTerminal: false) } == bytes)
        #expect(written { BodyDisplay.write(bytes, to: $0, isTerminal: true) }.data == shown)
    }

    @Test("counts have the right form of their noun")
    func plural() {
        #expect(Plural.of(0, "delivery", "deliveries") == "0 deliveries")
        #expect(Plural.of(1, "delivery", "deliveries") == "1 delivery")
        #expect(Plural.of(2000, "delivery", "deliveries") == "2,000 deliveries")
    }
}
