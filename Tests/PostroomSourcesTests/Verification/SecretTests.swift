import Crypto
import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Secrets")
struct SecretTests {
    @Test("no description and no reflection shows a secret")
    func hidden() {
        let secret = Secret("hunter2hunter2")
        let holder = ["key": [secret]]
        var dumped = ""
        dump(holder, to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), "\(holder)", dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104"))
        }
    }

    @Test(
        "a verifier says which of several secrets fitted, whatever its kind",
        arguments: [Source.github, "stripe", "gitlab", .standardWebhooks, "svix", "slack"]
    )
    func place(source: Source) throws {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
            .map(Secret.init)
        let verifier = try SourceRegistry.builtIn.verifier(for: source, VerifierOptions(secrets: secrets))
        func examine(_ secret: Secret, isInvalid: Bool = false) throws -> (verdict: Verdict, secret: Int?) {
            let unsigned = UnsignedRequest(body: Array("{}".utf8), id: "msg_1", now: now, isInvalid: isInvalid)
            let request = try SourceRegistry.builtIn.sign(unsigned, as: source, secrets: [secret])
            return verifier.examine(
                WebhookRequest(headers: Headers(request.headers), body: request.body),
                now: now
            )
        }
        for (place, secret) in secrets.enumerated() {
            let (verdict, found) = try examine(secret)
            #expect(verdict == .authentic && found == place)
        }
        let (verdict, found) = try examine(secrets[0], isInvalid: true)
        #expect(verdict != .authentic && found == nil)
    }

    @Test("of shared and public keys in one list each keeps its own place")
    func mixed() throws {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let seed = Curve25519.Signing.PrivateKey()
        let pair = Secret("whsk_" + Base64.encode(Array(seed.rawRepresentation + seed.publicKey.rawRepresentation)))
        let publicKey = Secret("whpk_" + Base64.encode(Array(seed.publicKey.rawRepresentation)))
        let shared = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let verifier = try SourceRegistry.builtIn.verifier(
            for: .standardWebhooks,
            VerifierOptions(secrets: [publicKey, shared])
        )
        for (place, secret) in [pair, shared].enumerated() {
            let unsigned = UnsignedRequest(body: Array("{}".utf8), id: "msg_1", now: now)
            let request = try SourceRegistry.builtIn.sign(unsigned, as: .standardWebhooks, secrets: [secret])
            let found = verifier.examine(
                WebhookRequest(headers: Headers(request.headers), body: request.body),
                now: now
            )
            #expect(found.verdict == .authentic && found.secret == place)
        }
    }

    struct Case: CustomTestStringConvertible {
        let source: Source
        let secrets: [String]
        var header: String?
        var tolerance: Duration?
        let kind: SecretProblem.Kind
        var position: Int?

        var testDescription: String {
            "\(source): \(kind)"
        }
    }

    static let cases = [
        Case(source: .wacht, secrets: [], kind: .noSecrets),
        Case(source: .wakit, secrets: [], kind: .noSecrets),
        Case(source: .wacht, secrets: [""], kind: .empty, position: 1),
        Case(source: .wacht, secrets: ["whsec_"], kind: .empty, position: 1),
        Case(source: .dynamic, secrets: ["a", "\n"], kind: .empty, position: 2),
        Case(source: .wakit, secrets: ["\r\n"], kind: .empty, position: 1),
        Case(source: .anthropic, secrets: ["whsec_c2VjcmV0Cg==", "not base64!"], kind: .notBase64, position: 2),
        Case(source: .standardWebhooks, secrets: ["whsec_abcde"], kind: .notBase64, position: 1),
        Case(source: .wakit, secrets: ["two words"], kind: .notAToken, position: 1),
        Case(source: .wacht, secrets: ["whsec_c2VjcmV0Cg=="], header: "X-Other", kind: .header),
        Case(source: .hmacSHA256, secrets: ["a"], header: "not a header", kind: .header),
        Case(source: .hmacSHA256, secrets: ["a"], header: "", kind: .header),
        Case(source: .hmacSHA256, secrets: ["a"], tolerance: .seconds(300), kind: .tolerance),
        Case(source: .wacht, secrets: ["whsec_c2VjcmV0Cg=="], tolerance: .zero, kind: .tolerance),
        Case(source: .sql, secrets: ["a"], kind: .source),
        Case(source: "nobody", secrets: ["a"], kind: .source),
    ]

    @Test("a verifier is not made of what can't work, and the problem names no secret", arguments: cases)
    func problems(_ test: Case) {
        let problem = #expect(throws: SecretProblem.self) {
            try SourceRegistry.builtIn.verifier(
                for: test.source,
                secrets: test.secrets.map { Secret($0) },
                header: test.header,
                tolerance: test.tolerance
            )
        }
        #expect(problem?.kind == test.kind)
        #expect(problem?.position == test.position)
        for secret in test.secrets where secret.count > 2 {
            #expect(problem?.description.contains(secret) == false)
        }
    }

    @Test("a cut-off secret in base64 is taken, and a key as it is needs no base64")
    func lenientForms() throws {
        _ = try SourceRegistry.builtIn.verifier(for: .anthropic, secrets: [Secret("whsec_aaaaaaaaaa")])
        let key = Secret(key: [0xFF, 0x00, 0x0A])
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: [], id: "a", now: unix(1000)),
            as: .wacht,
            secrets: [key]
        )
        let verifier = try SourceRegistry.builtIn.verifier(for: .wacht, secrets: [key])
        #expect(verifier.verify(headers: Headers(request.headers), body: [], now: unix(1000)) == .authentic)
    }

    static let encodings: [(String, [UInt8]?)] = [
        ("", []), ("AA==", [0]), ("AA", [0]), ("AAA=", [0, 0]), ("AAAA", [0, 0, 0]), ("+/+/", [0xFB, 0xFF, 0xBF]),
        ("A", nil), ("AAAAA", nil), ("AA=", nil), ("A===", nil), ("AA==A", nil), ("AAAA=", nil), ("A A=", nil),
        ("-_-_", nil), ("AB==", nil), ("AAA=\n", nil),
    ]

    @Test("base64 is the standard alphabet with optional padding", arguments: encodings)
    func base64(_ text: String, _ expected: [UInt8]?) {
        #expect(Base64.decode(text.utf8, allowsSpareBits: false) == expected)
    }

    @Test("base64 and hexadecimal decode what they encoded")
    func roundTrip() {
        var generator = SeededGenerator(seed: 5)
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.decode(Base64.encode(bytes).utf8, allowsSpareBits: false) == bytes)
            #expect(Hexadecimal.decode(Hexadecimal.encode(bytes).utf8) == bytes)
        }
    }
}
