public import FoundationEssentials
public import PostroomCore

/// A request as a source's sender would make it, whatever the URL.
public struct SignedRequest: Sendable {
    /// The header fields, in the sender's order and spelling.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// Puts a request together.
    public init(headers: [(name: String, value: String)], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }
}

/// Signs requests as the senders do, for tests, for `postroom send` and for load.
public enum RequestSigner {
    /// Signs a body.
    ///
    /// - Parameters:
    ///   - source: The source whose sender is imitated.
    ///   - secret: The endpoint's secret.
    ///   - body: The body.
    ///   - id: What goes into `webhook-id`; sources without that header pay it no heed.
    ///   - now: The time of sending, which some schemes sign.
    ///   - header: The header that carries the signature, or `nil` for the source's own.
    ///   - isInvalid: Whether to spoil the signature or token: right in form, wrong in content.
    /// - Returns: The request.
    /// - Throws: ``SecretProblem`` where the secret can't sign for that source.
    public static func sign(
        source: Source,
        secret: Secret,
        body: [UInt8],
        id: String,
        now: Date,
        header: String? = nil,
        isInvalid: Bool = false
    ) throws(SecretProblem) -> SignedRequest {
        _ = try Sources.verifier(for: source, secrets: [secret], header: header)
        guard let definition = Sources.definition(of: source) else { throw SecretProblem(.source) }
        var headers = [
            (name: "content-type", value: "application/json"), (name: "user-agent", value: agent(of: source)),
        ]
        let name = header ?? definition.signatureHeader
        switch definition.scheme {
        case .standardWebhooks:
            let timestamp = String(Int64(now.timeIntervalSince1970.rounded(.down)))
            let prefix = StandardWebhooksVerifier.signedPrefix(id: id, timestamp: timestamp)
            let key = try
                [secret]
                .keys { secret throws(SecretProblem.Kind) in
                    try StandardWebhooksVerifier.key(secret)
                }[0]
            let code = spoiled(Array(Signature.code(prefix, body, key: key)), isInvalid)
            headers.append((StandardWebhooksVerifier.idHeader, id))
            headers.append((StandardWebhooksVerifier.timestampHeader, timestamp))
            headers.append((name, "v1," + Base64.encode(code)))
        case .bodySignature:
            let key = try [secret].keys { secret throws(SecretProblem.Kind) in secret.bytes }[0]
            let code = spoiled(Array(Signature.code(body, key: key)), isInvalid)
            headers.append((name, BodySignatureVerifier.prefix + Hexadecimal.encode(code)))
        case .bearer:
            let token = String(decoding: secret.bytes, as: UTF8.self)
            headers.append((name, "Bearer \(token)\(isInvalid ? "x" : "")"))
        }
        return SignedRequest(headers: headers, body: body)
    }

    private static func spoiled(_ code: [UInt8], _ isInvalid: Bool) -> [UInt8] {
        isInvalid ? code.map { ~$0 } : code
    }

    /// The sender's own name where it is known.
    private static func agent(of source: Source) -> String {
        switch source {
        case .wacht: "Wacht-Webhook/1.0"
        case .wakit: "pg_net/0.19.5"
        default: "postroom-send/1"
        }
    }
}
