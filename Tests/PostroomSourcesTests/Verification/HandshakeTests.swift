import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Handshakes")
struct HandshakeTests {
    private static let now = unix(1_780_000_000)

    struct Signed: CustomTestStringConvertible {
        let source: Source
        let body: String
        /// The answer, or `nil` where it is an ordinary delivery.
        let response: HandshakeResponse?

        var testDescription: String { "\(source) \(body)" }
    }

    private static func text(_ text: String, _ type: String = "text/plain") -> HandshakeResponse {
        HandshakeResponse(contentType: type, body: Array(text.utf8))
    }

    static let cases: [Signed] = [
        Signed(
            source: .slack,
            body:
                #"{"token":"T","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#,
            response: text("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")
        ),
        Signed(source: .slack, body: #"{"type":"url_verification"}"#, response: nil),
        Signed(
            source: .slack,
            body: #"{"type":"event_callback","event":{"type":"url_verification","challenge":"x"}}"#,
            response: nil
        ),
        Signed(
            source: .slack,
            body: #"{"type":"url_verification","challenge":"\#(String(repeating: "x", count: 5000))"}"#,
            response: nil
        ),
        Signed(source: .discord, body: #"{"version":1,"application_id":"1","type":0}"#, response: HandshakeResponse()),
        Signed(
            source: .discord,
            body: #"{"id":"1","application_id":"1","type":1,"token":"t","version":1}"#,
            response: text(#"{"type":1}"#, "application/json")
        ),
        Signed(source: .discord, body: #"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#, response: nil),
        Signed(source: .discord, body: #"{"type":2,"token":"t","data":{"name":"ping"}}"#, response: nil),
        // printf 'qgg8vlvZRS6UYooatFL8Aw' | openssl dgst -sha256 -hmac 'dyn_t0ken0'
        Signed(
            source: .zoom,
            body:
                #"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}"#,
            response: text(
                #"{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"9e73dda8b0319a50b665cfe523b7c130bc000137719faee5ad81510ce7a52950"}"#,
                "application/json"
            )
        ),
        Signed(source: .zoom, body: #"{"event":"meeting.started","payload":{"plainToken":"x"}}"#, response: nil),
    ]

    @Test("that are signed are answered only where the signature is right", arguments: cases)
    func signed(_ test: Signed) throws {
        let secret = testSecret(test.source)
        let verifier = try SourceRegistry.builtIn.verifier(
            for: test.source,
            secrets: [testSecret(test.source, 1), secret]
        )
        func verdict(isInvalid: Bool) throws -> Verdict {
            let request = try SourceRegistry.builtIn.sign(
                UnsignedRequest(body: Array(test.body.utf8), id: "", now: Self.now, isInvalid: isInvalid),
                as: test.source,
                secrets: [secret]
            )
            return verifier.verify(request.received(), now: Self.now)
        }
        #expect(try verdict(isInvalid: false) == test.response.map(Verdict.handshake) ?? .authentic)
        #expect(try verdict(isInvalid: true) == .refused(.signatureMismatch))
        #expect(verifier.handshakeMethods.isEmpty)
    }

    @Test(
        "of Meta are answered with the challenge where the token is the endpoint's",
        arguments: [
            ("?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meaty%20hamhock", "1158201444", nil),
            ("?hub.verify_token=meaty+hamhock&hub.challenge=a%3Cb&hub.mode=subscribe", "a<b", nil),
            ("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=other", nil, .tokenMismatch),
            ("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=", nil, .tokenMismatch),
            ("?hub.mode=subscribe&hub.challenge=1", nil, .missingHeader),
            ("?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=meaty%20hamhock", nil, .missingHeader),
            (
                "?hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token=meaty%20hamhock", nil,
                .missingHeader
            ),
            ("", nil, .missingHeader),
        ] as [(String, String?, RefusalReason?)]
    )
    func meta(query: String, answer: String?, reason: RefusalReason?) throws {
        let secrets = [testSecret(.meta)]
        let request = WebhookRequest(method: "GET", target: "/hooks/meta\(query)", headers: Headers())
        let tokens = [Secret("another"), Secret("meaty hamhock")]
        let verifier = try SourceRegistry.builtIn.verifier(for: .meta, secrets: secrets, handshakeTokens: tokens)
        let expected = answer.map { Verdict.handshake(Self.text($0)) } ?? reason.map(Verdict.refused)
        #expect(verifier.verify(request, now: Self.now) == expected)
        #expect(verifier.handshakeMethods == ["GET"])
        let without = try SourceRegistry.builtIn.verifier(for: .meta, secrets: secrets)
        guard case .refused = without.verify(request, now: Self.now) else {
            Issue.record("accepted without a token of the endpoint")
            return
        }
    }

    @Test(
        "of CloudEvents name the origin that may send",
        arguments: [("eventgrid.azure.net", true), ("*", true), ("a\r\nSet-Cookie: x", false), ("", false)]
    )
    func cloudEvents(origin: String, isAnswered: Bool) throws {
        let verifier = try SourceRegistry.builtIn.verifier(for: .cloudEvents, secrets: [Secret("t0ken")])
        let headers = Headers([("WebHook-Request-Origin", origin), ("WebHook-Request-Rate", "120")])
        let request = WebhookRequest(method: "OPTIONS", target: "/hooks/ce", headers: headers)
        switch verifier.verify(request, now: Self.now) {
        case .handshake(let response):
            #expect(isAnswered)
            #expect(response.fields.contains(.init("WebHook-Allowed-Origin", origin)))
            #expect(response.contentType == "text/plain")
        case let other: #expect(!isAnswered && other == .refused(.missingHeader))
        }
    }

    @Test(
        "of other methods are no deliveries, whatever they carry",
        arguments: SourceRegistry.builtIn.definitions.filter { $0.scheme != .configured }.map(\.source)
    )
    func methods(source: Source) throws {
        let secret = testSecret(source)
        let verifier = try SourceRegistry.builtIn.verifier(for: source, secrets: [secret])
        let body = Array(#"{"signature":{"timestamp":"0","token":"t","signature":""},"webhookTimestamp":0}"#.utf8)
        let signed = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: body, id: "a", now: Self.now),
            as: source,
            secrets: [secret]
        )
        let received = signed.received()
        #expect(verifier.verify(received, now: Self.now) == .authentic)
        for method in ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "post"] {
            let request = WebhookRequest(
                method: method,
                target: received.target,
                headers: received.headers,
                body: received.body
            )
            let verdict = verifier.verify(request, now: Self.now)
            #expect(verdict != .authentic)
            let isHandshake = source == .intercom && method == "HEAD"
            #expect((verdict == .handshake(Self.text(""))) == isHandshake)
        }
    }
}
