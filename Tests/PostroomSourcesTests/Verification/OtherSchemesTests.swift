import Crypto
import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Body signatures")
struct BodySignatureTests {
    static let body = Array(#"{"eventName":"ping"}"#.utf8)

    private func verdict(_ source: Source, _ secrets: [String], _ fields: [(String, String)], header: String? = nil)
        throws -> Verdict
    {
        try SourceRegistry.builtIn.verifier(for: source, secrets: secrets.map { Secret($0) }, header: header)
            .verify(headers: Headers(fields.map { (name: $0.0, value: $0.1) }), body: Self.body, now: unix(0))
    }

    private func signature(_ secret: String) -> String {
        Hexadecimal.encode(Signature.code([Self.body], key: SymmetricKey(data: Array(secret.utf8))))
    }

    /// Computed with `openssl dgst -sha256 -hmac`.
    @Test("a signature made elsewhere is authentic")
    func golden() throws {
        let body = Array("Hello, World!".utf8)
        let verifier = try SourceRegistry.builtIn.verifier(
            for: .hmacSHA256,
            secrets: [Secret("It's a Secret to Everybody")]
        )
        let headers = Headers([
            ("x-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
        ])
        #expect(verifier.verify(headers: headers, body: body, now: unix(0)) == .authentic)
    }

    @Test(
        "the key is the whole secret, whatever its prefix looks like",
        arguments: ["dyn_abc", "whsec_c2VjcmV0Cg==", "é"]
    )
    func wholeSecret(_ secret: String) throws {
        #expect(
            try verdict(.dynamic, [secret], [("X-Dynamic-Signature-256", "sha256=\(signature(secret))")]) == .authentic
        )
        let stripped = String(secret.dropFirst())
        #expect(
            try verdict(.dynamic, [stripped + "x"], [("x-dynamic-signature-256", "sha256=\(signature(secret))")])
                == .refused(.signatureMismatch)
        )
    }

    @Test("each source has its header, and another can be configured")
    func headers() throws {
        let value = "sha256=\(signature("s"))"
        #expect(try verdict(.nyuchi, ["s"], [("X-Signature-256", value)]) == .authentic)
        #expect(try verdict(.nyuchi, ["s"], [("x-dynamic-signature-256", value)]) == .refused(.missingHeader))
        #expect(
            try verdict(.hmacSHA256, ["s"], [("X-Hub-Signature-256", value)], header: "x-hub-signature-256")
                == .authentic
        )
    }

    @Test("hexadecimal digits may be of either case, and blanks around the value are no part of it")
    func forms() throws {
        let hex = signature("s")
        for value in ["sha256=\(hex.uppercased())", " sha256=\(hex)\t", "sha256=\(hex)"] {
            #expect(try verdict(.nyuchi, ["old", "s"], [("X-Signature-256", value)]) == .authentic)
        }
        for value in [
            hex, "sha1=\(hex)", "SHA256=\(hex)", "sha256=", "sha256=\(hex.dropLast())", "sha256=\(hex)00",
            "sha256= \(hex)", "sha256=\(hex.dropLast())g", "sha256=\(hex), sha256=\(hex)",
        ] {
            #expect(try verdict(.nyuchi, ["s"], [("X-Signature-256", value)]) == .refused(.malformedHeader), "\(value)")
        }
    }

    /// Dynamic's guide computes `sha256=` and the digits, and compares the whole header with it.
    @Test(
        "bare hexadecimal is no signature of any source that sends a prefix",
        arguments: [
            (Source.dynamic, "x-dynamic-signature-256"), (.nyuchi, "X-Signature-256"), (.hmacSHA256, "X-Signature-256"),
        ]
    )
    func bare(_ source: Source, _ header: String) throws {
        let hex = signature("s")
        for value in [hex, hex.uppercased(), " \(hex)", "=\(hex)", "v1=\(hex)"] {
            #expect(try verdict(source, ["s"], [(header, value)]) == .refused(.malformedHeader), "\(value)")
        }
        #expect(try verdict(source, ["s"], [(header, "sha256=\(hex)")]) == .authentic)
    }

    @Test("the header must be there exactly once")
    func once() throws {
        let field = ("X-Signature-256", "sha256=\(signature("s"))")
        #expect(try verdict(.nyuchi, ["s"], []) == .refused(.missingHeader))
        #expect(try verdict(.nyuchi, ["s"], [field, field]) == .refused(.duplicateHeader))
    }
}

@Suite("Bearer tokens")
struct BearerTests {
    private func verdict(_ tokens: [String], _ values: [String]) throws -> Verdict {
        try SourceRegistry.builtIn.verifier(for: .wakit, secrets: tokens.map { Secret($0) })
            .verify(headers: Headers(values.map { (name: "Authorization", value: $0) }), body: [], now: unix(0))
    }

    static let values: [(String, Verdict)] = [
        ("Bearer t0ken", .authentic),
        ("bearer t0ken", .authentic),
        ("BEARER   t0ken ", .authentic),
        ("Bearer other", .authentic),
        ("Bearer t0ke", .refused(.tokenMismatch)),
        ("Bearer t0kenn", .refused(.tokenMismatch)),
        ("Bearer T0KEN", .refused(.tokenMismatch)),
        ("Bearer t0ken t0ken", .refused(.tokenMismatch)),
        ("Bearer", .refused(.malformedHeader)),
        ("Bearer ", .refused(.malformedHeader)),
        ("Basic t0ken", .refused(.malformedHeader)),
        ("t0ken", .refused(.malformedHeader)),
        ("Bearert0ken", .refused(.malformedHeader)),
        ("", .refused(.missingHeader)),
    ]

    @Test("one of the configured tokens must follow the scheme", arguments: values)
    func value(_ value: String, _ expected: Verdict) throws {
        #expect(try verdict(["other", "t0ken\n"], [value]) == expected)
    }

    @Test("the header must be there exactly once")
    func once() throws {
        #expect(try verdict(["t"], []) == .refused(.missingHeader))
        #expect(try verdict(["t"], ["Bearer t", "Bearer t"]) == .refused(.duplicateHeader))
    }
}
