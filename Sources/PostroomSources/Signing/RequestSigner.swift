import Crypto
public import FoundationEssentials
public import PostroomCore

/// A request as a source's sender would make it, whatever the URL.
public struct SignedRequest: Sendable {
    /// The header fields, in the sender's order and spelling.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]
    /// The query that the URL needs, with its question mark, or an empty text.
    public let query: String

    /// Puts a request together.
    public init(headers: [(name: String, value: String)], body: [UInt8], query: String = "") {
        self.headers = headers
        self.body = body
        self.query = query
    }

    /// The request as a receiver gets it.
    ///
    /// - Parameter url: The URL that it was signed for, with a path.
    /// - Returns: A POST with the URL's host among its header fields.
    public func received(at url: String = "https://localhost/") -> WebhookRequest {
        let place = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        let host = place.count > 1 ? String(place[1]) : "localhost"
        let path = place.count > 2 ? "/\(place[2])" : "/"
        return WebhookRequest(
            target: path + query,
            headers: Headers([(name: "host", value: host)] + headers),
            body: body
        )
    }
}

/// A request that is to be signed.
public struct UnsignedRequest: Sendable {
    /// The body; a scheme that has its signature or time in the body writes them into it.
    public var body: [UInt8]
    /// The value of `webhook-id`; sources without that header pay it no heed.
    public var id: String
    /// The time of sending, which some schemes sign.
    public var now: Date
    /// The header that carries the signature, or `nil` for the source's own.
    public var header: String?
    /// The URL that it is sent to, which some schemes sign.
    public var url: String
    /// The header fields, which replace the usual ones of the same name.
    public var fields: [(name: String, value: String)]
    /// True to spoil the signature or token: right in form, wrong in content.
    public var isInvalid: Bool

    /// Describes a request.
    public init(
        body: [UInt8],
        id: String,
        now: Date,
        header: String? = nil,
        url: String = "https://localhost/",
        fields: [(name: String, value: String)] = [],
        isInvalid: Bool = false
    ) {
        self.body = body
        self.id = id
        self.now = now
        self.header = header
        self.url = url
        self.fields = fields
        self.isInvalid = isInvalid
    }

    /// The header fields, after the usual ones of a source's sender.
    ///
    /// - Parameter definition: The source.
    /// - Returns: Content type and user agent unless the request has its own, and the request's.
    public func headers(of definition: SourceDefinition) -> [(name: String, value: String)] {
        let usual = [
            (name: "content-type", value: "application/json"), (name: "user-agent", value: definition.userAgent),
        ]
        let names = Set(fields.map { $0.name.lowercased() })
        return usual.filter { !names.contains($0.name) } + fields
    }
}

extension SourceRegistry {
    /// Signs a request as a source's sender does, for tests, for `postroom send` and for load.
    ///
    /// A scheme that can carry several signatures carries one of each secret, as during a rotation; others are signed with
    /// the first.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - source: The source whose sender is imitated.
    ///   - secrets: The endpoint's secrets; for a scheme with public keys the private key of a pair made for tests.
    /// - Returns: The signed request.
    /// - Throws: ``SecretProblem`` where a secret can't sign for that source.
    public func sign(
        _ request: UnsignedRequest,
        as source: Source,
        secrets: [Secret]
    ) throws(SecretProblem) -> SignedRequest {
        guard let model = model(of: source) else { throw SecretProblem(.source) }
        return try model.sign(request, secrets: secrets)
    }
}

extension SourceDefinition {
    /// Signs a request by the scheme.
    ///
    /// - Throws: ``SecretProblem`` where a secret can't sign it.
    func sign(_ request: UnsignedRequest, secrets: [Secret]) throws(SecretProblem) -> SignedRequest {
        // Checks them all together, so that a problem names the place of the secret.
        _ = try verifier(VerifierOptions(secrets: secrets, header: request.header))
        let headers = request.headers(of: self)
        switch scheme {
        case .standardWebhooks: return try signByStandardWebhooks(request, secrets)
        case .row where takesSigningTokens && secrets.first.map(SigningToken.isOne) == true:
            return try signByStandardWebhooks(request, secrets.filter(SigningToken.isOne))
        case .row(let row):
            let scheme = request.header.map(row.named) ?? row
            let signer = SchemeSigner(scheme: scheme, now: request.now, isInvalid: request.isInvalid)
            return try signer.sign(headers, request.body, url: request.url, secrets)
        case .configured, .code: throw SecretProblem(.scheme)
        }
    }

    private func signByStandardWebhooks(
        _ request: UnsignedRequest,
        _ secrets: [Secret]
    ) throws(SecretProblem) -> SignedRequest {
        let names = headerFamilies[0]
        let timestamp = String(Int64(request.now.timeIntervalSince1970.rounded(.down)))
        let pieces = [StandardWebhooks.signedPrefix(id: request.id, timestamp: timestamp), request.body]
        let signatures = try secrets.map { secret throws(SecretProblem) in
            try Self.standardSignature(secret, pieces, isInvalid: request.isInvalid)
        }
        return SignedRequest(
            headers: request.headers(of: self) + [
                (names.id, request.id), (names.timestamp, timestamp),
                (request.header ?? names.signature, signatures.joined(separator: " ")),
            ],
            body: request.body
        )
    }

    private static func standardSignature(
        _ secret: Secret,
        _ pieces: [[UInt8]],
        isInvalid: Bool
    ) throws(SecretProblem) -> String {
        let isAsymmetric = StandardWebhooks.isAsymmetric(secret)
        let key = try
            [secret].material { secret throws(SecretProblem.Kind) in try StandardWebhooks.key(secret).bytes }[0]
        let code = try SchemeSigner.code(key, pieces, isAsymmetric ? .ed25519 : .hmacSHA256)
        return (isAsymmetric ? "v1a," : "v1,") + Base64.encode(isInvalid ? code.map { ~$0 } : code)
    }
}

/// Signs requests by a scheme.
struct SchemeSigner {
    let scheme: SignatureScheme
    let now: Date
    let isInvalid: Bool

    /// Signs a request.
    func sign(
        _ headers: [(name: String, value: String)],
        _ body: [UInt8],
        url: String,
        _ secrets: [Secret]
    ) throws(SecretProblem) -> SignedRequest {
        var request = Draft(headers: headers, body: body, url: url)
        let time = writeTime(into: &request)
        if let name = scheme.bodyDigest, !FormFields.isForm(Headers(request.headers)) {
            request.query.append("\(name)=\(Hexadecimal.encode(SHA256.hash(data: request.body)))")
        }
        let keys = try secrets.material { secret throws(SecretProblem.Kind) in try scheme.bytes(of: secret) }
        guard !scheme.carriesSecret else {
            let spoiled = isInvalid ? keys[0] + Array("x".utf8) : keys[0]
            write(scheme.encoding.encode(spoiled), into: &request)
            return request.signed
        }
        var signatures: [String] = []
        for key in keys.prefix(scheme.carriesSeveralSignatures ? keys.count : 1) {
            let code = try Self.code(key, pieces(request, time), scheme.algorithm)
            signatures.append(scheme.encoding.encode(isInvalid ? code.map { ~$0 } : code))
        }
        if case .parameters(let name, let separator) = scheme.notation {
            var pairs = signatures.map { "\(name)=\($0)" }
            if case .parameter(let name)? = scheme.time?.location {
                pairs.insert("\(name)=\(time)", at: 0)
            }
            put(pairs.joined(separator: separator), into: &request)
        } else {
            write(signatures[0], into: &request)
        }
        return request.signed
    }

    /// Makes a signature.
    static func code(
        _ key: [UInt8],
        _ pieces: [[UInt8]],
        _ algorithm: SignatureScheme.Algorithm
    ) throws(SecretProblem) -> [UInt8] {
        guard algorithm == .ed25519 else {
            return Signature.bytes(of: pieces, key: SymmetricKey(data: key), algorithm)
        }
        guard let key = Ed25519.privateKey(key), let signature = try? key.signature(for: pieces.flatMap(\.self)) else {
            throw SecretProblem(.notAPrivateKey, position: 1)
        }
        return Array(signature)
    }

    private func pieces(_ request: Draft, _ time: String) -> [[UInt8]] {
        let headers = Headers(request.headers)
        return scheme.signed.map { part in
            switch part {
            case .literal(let text): Array(text.utf8)
            case .header(let name): Array((headers.only(name) ?? "").utf8)
            case .json(let path): Array((Draft.value(path, in: request.body)?.identifier ?? "").utf8)
            case .timestamp: Array(time.utf8)
            case .method: Array("POST".utf8)
            case .url: Array((request.url + request.queryText).utf8)
            case .body: request.body
            case .formFields: FormFields(headers, request.body)?.sortedText ?? []
            }
        }
    }

    private func writeTime(into request: inout Draft) -> String {
        guard let time = scheme.time else { return "" }
        let seconds = now.timeIntervalSince1970
        let text = String(Int64((time.unit == .seconds ? seconds : seconds * 1000).rounded(.down)))
        switch time.location {
        case .header(let name): request.headers.append((name, text))
        case .json(let path): request.replace(path, with: text)
        case .parameter: break
        }
        return text
    }

    private func write(_ signature: String, into request: inout Draft) {
        switch scheme.notation {
        case .plain(let prefix): put(prefix + signature, into: &request)
        case .authorization(let word): put("\(word) \(signature)", into: &request)
        case .parameters: break
        }
    }

    private func put(_ text: String, into request: inout Draft) {
        switch scheme.location {
        case .header(let name): request.headers.append((name, text))
        case .query(let name): request.query.append("\(name)=\(Draft.escaped(text))")
        case .json(let path): request.replace(path, with: text)
        }
    }
}

/// A request that is being signed.
private struct Draft {
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    let url: String
    var query: [String] = []

    var queryText: String {
        guard !query.isEmpty else { return "" }
        return (url.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    var signed: SignedRequest {
        SignedRequest(headers: headers, body: body, query: queryText)
    }

    /// Puts a text in place of a string or a number of the body; nothing where there is none.
    mutating func replace(_ path: String, with text: String) {
        guard let value = Draft.value(path, in: body) else { return }
        let isString = value.kind == .string
        body.replaceSubrange(value.bytes.indices, with: Array((isString ? JSONString.quoted(text) : text).utf8))
    }

    static func value(_ path: String, in body: [UInt8]) -> JSONValue? {
        guard let object = try? JSONObject(checking: body) else { return nil }
        return JSONLookup(path).value(in: .object(object))
    }

    static func escaped(_ text: String) -> String {
        text.utf8
            .map { byte in
                let isPlain =
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._~".utf8.contains(byte)
                return isPlain
                    ? String(decoding: [byte], as: UTF8.self) : "%" + Hexadecimal.encode([byte]).uppercased()
            }
            .joined()
    }
}
