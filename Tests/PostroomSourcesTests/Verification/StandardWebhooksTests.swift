import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// One signed request whose signature is known from elsewhere.
struct GoldenVector: CustomTestStringConvertible {
    let secret: String
    let id: String
    let timestamp: String
    let body: String
    let signature: String

    var testDescription: String {
        id
    }

    func headers(id: String? = nil, timestamp: String? = nil, signature: String? = nil) -> Headers {
        Headers([
            ("Webhook-Id", id ?? self.id),
            ("webhook-timestamp", timestamp ?? self.timestamp),
            ("WEBHOOK-SIGNATURE", signature ?? self.signature),
        ])
    }

    var now: Date {
        unix(Double(timestamp) ?? 0)
    }

    static let upstream = GoldenVector(
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1614265330",
        body: #"{"test": 2432232314}"#,
        signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )

    static let all = [
        upstream,
        GoldenVector(
            secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            timestamp: "1649367553",
            body: #"{"email":"test@example.com","username":"test_user"}"#,
            signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        ),
        GoldenVector(
            secret: "whsec_c2VjcmV0Cg==",
            id: "whe_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            timestamp: "1773568800",
            body: """
                {"id":"whe_0f1e2d3c4b5a69788796a5b4c3d2e1f0","created_at":"2026-03-15T10:00:00Z",\
                "data":{"id":"sesn_011CZkZAtmR3yMPDzynEDxu7","organization_id":"org_011CZkZZAe0sMna4vkBdtrfx",\
                "type":"session.status_idled","workspace_id":"wrkspc_011CZkZaBF1tNoB5wlCeusgy"},"type":"event"}
                """,
            signature: "v1,YunRpM14wPHe8sMDuEeZVa/YijpgKtXgHBZzex3fEP0="
        ),
    ]
}

@Suite("Standard Webhooks")
struct StandardWebhooksTests {
    private func verdict(
        _ vector: GoldenVector = .upstream,
        secrets: [String]? = nil,
        headers: Headers? = nil,
        body: [UInt8]? = nil,
        now: Date? = nil,
        tolerance: Duration? = nil
    ) throws -> Verdict {
        let secrets = secrets ?? [vector.secret]
        return try SourceRegistry.builtIn
            .verifier(for: .standardWebhooks, secrets: secrets.map { Secret($0) }, tolerance: tolerance)
            .verify(
                headers: headers ?? vector.headers(),
                body: body ?? Array(vector.body.utf8),
                now: now ?? vector.now
            )
    }

    @Test("the golden vectors are authentic", arguments: GoldenVector.all)
    func golden(_ vector: GoldenVector) throws {
        #expect(try verdict(vector) == .authentic)
        let bare = String(vector.secret.dropFirst("whsec_".count))
        #expect(try verdict(vector, secrets: [bare]) == .authentic)
        let unpadded = String(vector.secret.prefix { $0 != "=" })
        #expect(try verdict(vector, secrets: [unpadded + "\r\n"]) == .authentic)
    }

    @Test("a change of any bit of the body is refused", arguments: GoldenVector.all)
    func changedBody(_ vector: GoldenVector) throws {
        let body = Array(vector.body.utf8)
        for place in body.indices {
            var changed = body
            changed[place] ^= 1 << UInt8(place % 8)
            #expect(try verdict(vector, body: changed) == .refused(.signatureMismatch))
        }
        #expect(try verdict(vector, body: body + [0x0A]) == .refused(.signatureMismatch))
        #expect(try verdict(vector, body: []) == .refused(.signatureMismatch))
    }

    @Test("a change of any character of a header is refused", arguments: GoldenVector.all)
    func changedHeaders(_ vector: GoldenVector) throws {
        func variants(_ text: String) -> [String] {
            let characters = Array(text)
            return characters.indices
                .flatMap { place in
                    ["0", "Z", ".", " ", "="]
                        .map { other in
                            var changed = characters
                            changed[place] = Character(other)
                            return String(changed)
                        }
                }
                .filter { $0 != text }
        }
        for id in variants(vector.id) {
            #expect(try verdict(vector, headers: vector.headers(id: id)) != .authentic)
        }
        for timestamp in variants(vector.timestamp) {
            #expect(try verdict(vector, headers: vector.headers(timestamp: timestamp)) != .authentic)
        }
        let unpadded = vector.signature.dropLast() + " "
        for signature in variants(vector.signature) where signature != unpadded {
            #expect(try verdict(vector, headers: vector.headers(signature: signature)) != .authentic)
        }
    }

    @Test("a signature has one spelling: spare bits at its end must be zero")
    func spareBits() throws {
        let signature = GoldenVector.upstream.signature
        for last in ["F", "G", "H"] {
            let changed = signature.replacing("1OE=", with: "1O\(last)=")
            #expect(try verdict(headers: GoldenVector.upstream.headers(signature: changed)) != .authentic)
        }
    }

    @Test(
        "a missing, empty or doubled header is refused",
        arguments: ["webhook-id", "webhook-timestamp", "webhook-signature"]
    )
    func headerCount(_ name: String) throws {
        let fields = GoldenVector.upstream.headers().fields
        let others = fields.filter { $0.name.lowercased() != name }
        let own = try #require(fields.first { $0.name.lowercased() == name })
        #expect(try verdict(headers: Headers(others)) == .refused(.missingHeader))
        #expect(try verdict(headers: Headers(others + [(name, "")])) == .refused(.missingHeader))
        #expect(try verdict(headers: Headers(fields + [own])) == .refused(.duplicateHeader))
    }

    static let badTimestamps = [
        "1614265330.9", " 1614265330", "1614265330 ", "+1614265330", "-1614265330", "0x6037B7B2", "1.6e9", "NaN",
        "1614265330000", "１６１４２６５３３０", "1,614,265,330",
    ]

    @Test("a timestamp that libraries read differently is refused", arguments: badTimestamps)
    func badTimestamp(_ timestamp: String) throws {
        let vector = GoldenVector.upstream
        #expect(try verdict(headers: vector.headers(timestamp: timestamp)) == .refused(.malformedHeader))
    }

    static let ages: [(Double, Verdict)] = [
        (0, .authentic), (300, .authentic), (300.9, .authentic), (301, .refused(.timestampOutsideTolerance)),
        (-300, .authentic), (-301, .refused(.timestampOutsideTolerance)),
        (-1_614_265_330, .refused(.timestampOutsideTolerance)),
        (1e12, .refused(.timestampOutsideTolerance)),
    ]

    @Test("exactly the tolerance passes, a second more does not", arguments: ages)
    func tolerance(_ age: Double, _ expected: Verdict) throws {
        let signed = GoldenVector.upstream.now
        #expect(try verdict(now: signed.addingTimeInterval(age)) == expected)
    }

    @Test("a wrong signature is a mismatch however old it is")
    func oldAndWrong() throws {
        let late = GoldenVector.upstream.now.addingTimeInterval(1e6)
        #expect(try verdict(body: [1], now: late) == .refused(.signatureMismatch))
    }

    @Test("every secret is tried with every signature")
    func rotation() throws {
        let vector = GoldenVector.upstream
        let others = ["whsec_" + Base64.encode([1, 2, 3]), "whsec_" + Base64.encode([4, 5, 6])]
        let wrong = "v1," + Base64.encode([UInt8](repeating: 7, count: 32))
        for secrets in [[vector.secret] + others, others + [vector.secret]] {
            for tokens in [[vector.signature, wrong], [wrong, wrong, vector.signature]] {
                let headers = vector.headers(signature: tokens.joined(separator: " "))
                #expect(try verdict(secrets: secrets, headers: headers) == .authentic)
            }
        }
        #expect(try verdict(secrets: others) == .refused(.signatureMismatch))
    }

    static let signatures: [(String, Verdict)] = [
        ("v1a,abc {}", .authentic),
        ("v2,{} {}", .authentic),
        ("junk  {} ", .authentic),
        ("v1,short v1, {}", .authentic),
        ("v1,{}", .refused(.malformedHeader)),
        ("V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", .refused(.malformedHeader)),
        ("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", .refused(.malformedHeader)),
        ("v1,g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE=", .refused(.malformedHeader)),
        ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", .authentic),
        ("v1,v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", .refused(.malformedHeader)),
        ("   ", .refused(.malformedHeader)),
    ]

    @Test("tokens of other versions and broken ones are passed over", arguments: signatures)
    func tokens(_ template: String, _ expected: Verdict) throws {
        let vector = GoldenVector.upstream
        let signature = template.replacing("{}", with: vector.signature)
        #expect(try verdict(headers: vector.headers(signature: signature)) == expected)
    }

    @Test("sixteen tokens are looked at, more are refused, and so is a header without end")
    func caps() throws {
        let vector = GoldenVector.upstream
        let wrong = "v1," + Base64.encode([UInt8](repeating: 7, count: 32))
        for (count, expected) in [(15, Verdict.authentic), (16, .refused(.malformedHeader))] {
            let tokens = [String](repeating: wrong, count: count) + [vector.signature]
            let headers = vector.headers(signature: tokens.joined(separator: " "))
            #expect(try verdict(headers: headers) == expected)
        }
        let long = vector.signature + String(repeating: " ", count: 5000)
        #expect(try verdict(headers: vector.headers(signature: long)) == .refused(.malformedHeader))
    }

    @Test("an id with a dot or beyond 256 bytes is refused although it is signed")
    func ids() throws {
        let secret = Secret(GoldenVector.upstream.secret)
        for (id, expected) in [
            (String(repeating: "a", count: 256), Verdict.authentic),
            (String(repeating: "a", count: 257), .refused(.malformedHeader)),
            ("a.1", .refused(.malformedHeader)),
        ] {
            let request = try SourceRegistry.builtIn.sign(
                UnsignedRequest(body: [], id: id, now: unix(1_700_000_000)),
                as: .standardWebhooks,
                secrets: [secret]
            )
            let verifier = try SourceRegistry.builtIn.verifier(for: .standardWebhooks, secrets: [secret])
            let verdict = verifier.verify(headers: Headers(request.headers), body: [], now: unix(1_700_000_000))
            #expect(verdict == expected)
        }
    }

    @Test("Wacht's retries of a week later are still authentic, a replay of nine days later is not")
    func wachtTolerance() throws {
        let vector = GoldenVector.upstream
        let verifier = try SourceRegistry.builtIn.verifier(for: .wacht, secrets: [Secret(vector.secret)])
        let day = 86400.0
        for (age, expected) in [
            (3 * 3600.0, Verdict.authentic), (6.76 * day, .authentic), (8 * day, .authentic),
            (8 * day + 1, .refused(.timestampOutsideTolerance)), (-300, .authentic),
            (-301, .refused(.timestampOutsideTolerance)),
        ] {
            let now = vector.now.addingTimeInterval(age)
            #expect(verifier.verify(headers: vector.headers(), body: Array(vector.body.utf8), now: now) == expected)
        }
    }

    @Test("a configured tolerance replaces the default")
    func configuredTolerance() throws {
        let late = GoldenVector.upstream.now.addingTimeInterval(1000)
        #expect(try verdict(now: late, tolerance: .seconds(1000)) == .authentic)
        #expect(try verdict(now: late, tolerance: .seconds(999)) == .refused(.timestampOutsideTolerance))
    }
}
