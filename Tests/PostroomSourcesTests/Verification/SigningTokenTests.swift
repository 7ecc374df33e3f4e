import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Signing tokens of GitLab")
struct SigningTokenTests {
    private let signing = Secret("whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=")
    private let plain = Secret("a plain token")
    private let now = unix(1_780_000_000)

    private func request(_ secret: Secret, isInvalid: Bool = false) throws -> WebhookRequest {
        let unsigned = UnsignedRequest(
            body: Array(#"{"object_kind":"push"}"#.utf8),
            id: "d1",
            now: now,
            isInvalid: isInvalid
        )
        let signed = try SourceRegistry.builtIn.sign(unsigned, as: .gitlab, secrets: [secret])
        return signed.received(at: "https://hooks.example.com/hooks/in")
    }

    private func verifier(_ secrets: Secret...) throws -> any RequestVerifier {
        try SourceRegistry.builtIn.verifier(for: .gitlab, secrets: secrets)
    }

    @Test("sign by Standard Webhooks, and the key of the delivery is what was signed")
    func signed() throws {
        let request = try request(signing)
        #expect(request.headers.only("webhook-id") == "d1" && request.headers.only("x-gitlab-token") == nil)
        #expect(try verifier(signing).verify(request, now: now) == .authentic)
        #expect(try verifier(signing).verify(request, now: now + 301) == .refused(.timestampOutsideTolerance))
        let forged = try self.request(signing, isInvalid: true)
        #expect(try verifier(signing).verify(forged, now: now) == .refused(.signatureMismatch))
        let rules = SourceRegistry.builtIn.rules(for: .gitlab)
        let headers = Headers([("webhook-id", "d1"), ("Idempotency-Key", "forged")])
        #expect(rules.identify(headers: headers, body: request.body).idempotencyKey == "d1")
    }

    @Test("stand beside a plain token while the producer changes over, and each names its place")
    func rotation() throws {
        let both = try verifier(plain, signing)
        for (secret, place) in [(plain, 0), (signing, 1)] {
            let found = both.examine(try request(secret), now: now)
            #expect(found.verdict == .authentic && found.secret == place)
        }
        #expect(try both.verify(request(Secret("another")), now: now) == .refused(.tokenMismatch))
        #expect(try both.verify(request(signing, isInvalid: true), now: now) == .refused(.signatureMismatch))
        #expect(both.secretHeaders == ["X-Gitlab-Token"])
    }

    @Test("are never accepted as plain tokens, and the plain header is not kept beside them")
    func plainHeader() throws {
        let sent = WebhookRequest(
            headers: Headers([("X-Gitlab-Token", "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=")]),
            body: Array("{}".utf8)
        )
        let verifier = try verifier(signing)
        #expect(verifier.verify(sent, now: now) == .refused(.missingHeader))
        #expect(verifier.secretHeaders == ["X-Gitlab-Token"])
        #expect(try self.verifier(plain).verify(request(signing), now: now) != .authentic)
    }

    @Test("that can't work are named by their place")
    func broken() {
        let error = #expect(throws: SecretProblem.self) { try verifier(plain, Secret("whsec_!")) }
        #expect(error?.position == 2)
    }
}
