import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Schemes as data")
struct SchemeTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let scheme: SignatureScheme
        var secrets = ["k1"]
        var target = "/hooks/a"
        var headers: [(name: String, value: String)] = []
        var body = "hello"
        let verdict: Verdict

        var testDescription: String { name }
    }

    private static let basic: [(name: String, value: String)] = [("Authorization", "basic dXNlcjpwOmFzcw==")]
    private static let signedID = SignatureScheme(
        .header("X-Sig"),
        .plain(prefix: ""),
        .base64URL,
        .hmacSHA512,
        signed: [.header("X-Id"), .literal("."), .body]
    )
    /// `printf 'a.hello' | openssl dgst -sha512 -hmac k1 -binary | base64`, with the characters of URLs.
    private static let signature =
        "jjxTLoGOQ1v157cSrTvduXBvWp00jPPTd7REe-m-vpBw4Dxz0V9T05eompnxlHyeJxuRZV_b-se8FW2Bmow-QQ"

    private static func pairs(_ value: String) -> [(name: String, value: String)] {
        [(name: "X-Sig", value: value)]
    }

    private static func signed(_ signature: String, id: String) -> [(name: String, value: String)] {
        [(name: "X-Sig", value: signature), (name: "X-Id", value: id)]
    }

    private static let listed = SignatureScheme(
        .header("X-Sig"),
        .parameters(name: "v1", separator: ","),
        signed: [.timestamp, .literal("."), .body],
        time: .init(.parameter("t"), tolerance: .within(.seconds(300)))
    )
    /// `printf '1780000000.hello' | openssl dgst -sha256 -hmac k1`.
    private static let code = "34f7182aa50164afba52daf3e4b5d0d16c06df12d44d2e8d8a9145206e80fb0c"

    static let cases: [Case] = [
        Case(name: "basic", scheme: .basic, secrets: ["user:p:ass"], headers: basic, verdict: .authentic),
        Case(name: "basic, wrong", scheme: .basic, headers: basic, verdict: .refused(.tokenMismatch)),
        Case(
            name: "basic, not base64",
            scheme: .basic,
            headers: [("Authorization", "Basic user:p")],
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "secret in the URL",
            scheme: SignatureScheme(.query("token"), .plain(prefix: ""), .text, .secret),
            secrets: ["s 3+"],
            target: "/hooks/a?x=1&token=s%203%2B",
            verdict: .authentic
        ),
        Case(
            name: "secret in the URL twice",
            scheme: SignatureScheme(.query("token"), .plain(prefix: ""), .text, .secret),
            target: "/hooks/a?token=k1&token=k1",
            verdict: .refused(.duplicateHeader)
        ),
        Case(
            name: "no secret in the URL",
            scheme: SignatureScheme(.query("token"), .plain(prefix: ""), .text, .secret),
            target: "/hooks/a?tokens=k1",
            verdict: .refused(.missingHeader)
        ),
        Case(
            name: "SHA-512 in base64url over a header and the body",
            scheme: signedID,
            secrets: ["k0", "k1"],
            headers: signed(signature, id: "a"),
            verdict: .authentic
        ),
        Case(
            name: "the same with padding",
            scheme: signedID,
            headers: signed(signature + "==", id: "a"),
            verdict: .authentic
        ),
        Case(
            name: "the same in the standard alphabet",
            scheme: signedID,
            headers: signed(signature.replacing("-", with: "+").replacing("_", with: "/"), id: "a"),
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "a part that holds what ends it",
            scheme: signedID,
            headers: signed(signature, id: "a.h"),
            body: "ello",
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "a part that is missing",
            scheme: signedID,
            headers: pairs(signature),
            verdict: .refused(.missingHeader)
        ),
        Case(name: "pairs", scheme: listed, headers: pairs("t=1780000000,v1=\(code)"), verdict: .authentic),
        Case(
            name: "pairs with blanks, other versions and another signature",
            scheme: listed,
            headers: pairs("v1=\(code.uppercased()), t=1780000000, v0=zz, v1=\(String(repeating: "0", count: 64)),x"),
            verdict: .authentic
        ),
        Case(
            name: "pairs without a time",
            scheme: listed,
            headers: pairs("v1=\(code)"),
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "pairs with two times",
            scheme: listed,
            headers: pairs("t=1780000000,t=1780000001,v1=\(code)"),
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "a time with a sign",
            scheme: listed,
            headers: pairs("t=+1780000000,v1=\(code)"),
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "no signature of the version",
            scheme: listed,
            headers: pairs("t=1780000000,v0=\(code)"),
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "too many pairs",
            scheme: listed,
            headers: pairs("t=1780000000" + String(repeating: ",v1=\(code)", count: 17)),
            verdict: .refused(.malformedHeader)
        ),
        Case(
            name: "the secret in a header",
            scheme: SignatureScheme(.header("X-Sig"), .plain(prefix: ""), .text, .secret),
            headers: pairs(" k1 "),
            verdict: .authentic
        ),
    ]

    @Test("are carried out by one verifier", arguments: cases)
    func verdict(_ test: Case) throws {
        let verifier = try test.scheme.verifier(secrets: test.secrets.map { Secret($0) })
        let request = WebhookRequest(target: test.target, headers: Headers(test.headers), body: Array(test.body.utf8))
        #expect(verifier.verify(request, now: unix(1_780_000_000)) == test.verdict)
    }

    @Test(
        "are signed as they are verified",
        arguments: cases.map(\.scheme) + SourceRegistry.builtIn.definitions.compactMap(\.scheme.row)
    )
    func roundTrip(_ scheme: SignatureScheme) throws {
        let secret = scheme.algorithm == .ed25519 ? testSecret(.discord) : Secret("dyn_t0ken")
        let body = #"{"signature":{"timestamp":"0","token":"t","signature":""},"webhookTimestamp":0}"#
        for isInvalid in [false, true] {
            let signer = SchemeSigner(scheme: scheme, now: unix(1_780_000_000), isInvalid: isInvalid)
            let request = try signer.sign(
                [(name: "X-Id", value: "a")],
                Array(body.utf8),
                url: "https://localhost/hooks/a?b=c",
                [secret]
            )
            let verdict = try SchemeVerifier(scheme, secrets: [secret])
                .verify(request.received(at: "https://localhost/hooks/a?b=c"), now: unix(1_780_000_000))
            let refused: [Verdict] = [.refused(.signatureMismatch), .refused(.tokenMismatch)]
            #expect(isInvalid ? refused.contains(verdict) : verdict == .authentic, "\(verdict)")
        }
    }

    @Test(
        "refuse secrets of another form",
        arguments: [
            (SignatureScheme(.header("a"), keyForm: .hexadecimal), "xyz", .notHexadecimal),
            (SignatureScheme(.header("a"), keyForm: .base64), "a b", .notBase64),
            (
                SignatureScheme(.header("a"), .plain(prefix: ""), .hexadecimal, .ed25519, keyForm: .hexadecimal),
                "abcd", .notAPublicKey
            ),
            (SignatureScheme(.header("a"), .plain(prefix: ""), .text, .secret), "a\tb", .notAToken),
            (SignatureScheme(.header("a b")), "k", .header),
        ] as [(SignatureScheme, String, SecretProblem.Kind)]
    )
    func secrets(scheme: SignatureScheme, secret: String, kind: SecretProblem.Kind) {
        let problem = #expect(throws: SecretProblem.self) { try scheme.verifier(secrets: [Secret(secret)]) }
        #expect(problem?.kind == kind)
        #expect(problem?.description.isEmpty == false)
    }

    @Test("a public key alone can't sign")
    func publicKey() {
        let secret = Secret("d632243a41bd50024bd851088b92b9aefeb3fc2069f071be9d63d52c990afc14")
        let problem = #expect(throws: SecretProblem.self) {
            try SourceRegistry.builtIn.sign(
                UnsignedRequest(body: [], id: "", now: unix(0)),
                as: .discord,
                secrets: [secret]
            )
        }
        #expect(problem?.kind == .notAPrivateKey)
    }

    @Test(
        "forms are decoded as browsers encode them",
        arguments: [
            ("a=1&b=2", ["a=1", "b=2"]), ("a=%C3%A9+%2B&=x&c", ["a=é +", "=x", "c="]), ("", []), ("&&", []),
            ("a=1=2", ["a=1=2"]), ("a=%zz%4", ["a=%zz%4"]), ("%61=%", ["a=%"]),
        ]
    )
    func forms(text: String, fields: [String]) {
        #expect(FormFields(decoding: text.utf8).fields.map { "\($0.name)=\($0.value)" } == fields)
    }
}

@Suite("Header names of Standard Webhooks")
struct StandardWebhooksFamilyTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func verdict(_ source: Source, _ secrets: [String], _ fields: [(name: String, value: String)]) throws
        -> Verdict
    {
        try SourceRegistry.builtIn.verifier(for: source, secrets: secrets.map { Secret($0) })
            .verify(
                headers: Headers(fields),
                body: Array(GoldenVector.upstream.body.utf8),
                now: GoldenVector.upstream.now
            )
    }

    private func fields(_ prefix: String, id: String = GoldenVector.upstream.id) -> [(name: String, value: String)] {
        let vector = GoldenVector.upstream
        return [
            ("\(prefix)-id", id), ("\(prefix)-timestamp", vector.timestamp), ("\(prefix)-signature", vector.signature),
        ]
    }

    @Test("are those of the specification and Svix' for sources that may have either, and no other's")
    func families() throws {
        for source in [Source.standardWebhooks, .svix, .clerk, .resend] {
            #expect(try verdict(source, [Self.secret], fields("webhook")) == .authentic)
            #expect(try verdict(source, [Self.secret], fields("svix")) == .authentic)
        }
        for source in [Source.wacht, .anthropic, .openAI] {
            #expect(try verdict(source, [Self.secret], fields("svix")) == .refused(.missingHeader))
        }
        #expect(try verdict(.standardWebhooks, [Self.secret], fields("acme")) == .refused(.missingHeader))
    }

    @Test("may both be there only with one id, which is the key")
    func both() throws {
        #expect(try verdict(.svix, [Self.secret], fields("svix") + fields("webhook")) == .authentic)
        let other = fields("svix") + [(name: "webhook-id", value: "msg_2")]
        #expect(try verdict(.svix, [Self.secret], other) == .refused(.duplicateHeader))
        #expect(try verdict(.standardWebhooks, [Self.secret], other) == .refused(.duplicateHeader))
        let rules = SourceRegistry.builtIn.rules(for: .standardWebhooks)
        #expect(
            rules.identify(headers: Headers(fields("svix")), body: []).idempotencyKey == GoldenVector.upstream.id
        )
    }

    @Test("secrets may be written with their version, and key pairs sign too")
    func secrets() throws {
        #expect(try verdict(.standardWebhooks, ["v1,\(Self.secret)"], fields("webhook")) == .authentic)
        let seed = Array("thirty-two bytes of private key.".utf8)
        let pair = "whsk_" + Base64.encode(seed)
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: [], id: "a", now: unix(1000)),
            as: .standardWebhooks,
            secrets: [Secret(Self.secret), Secret(pair)]
        )
        for secret in [pair, Self.secret] {
            let verifier = try SourceRegistry.builtIn.verifier(for: .standardWebhooks, secrets: [Secret(secret)])
            #expect(verifier.verify(request.received(), now: unix(1000)) == .authentic)
        }
        let problem = #expect(throws: SecretProblem.self) {
            try SourceRegistry.builtIn.verifier(
                for: .standardWebhooks,
                secrets: [Secret(Self.secret), Secret("whpk_AAAA")]
            )
        }
        #expect(problem?.kind == .notAPublicKey && problem?.position == 2)
    }
}
