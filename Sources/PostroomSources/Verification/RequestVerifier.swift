public import FoundationEssentials
public import PostroomCore

/// Tells authentic requests from others.
///
/// It keeps nothing.
public protocol RequestVerifier: Sendable {
    /// The names of the header fields that carry a secret itself, whatever their case.
    ///
    /// They are not kept with a delivery. A signature is no secret: it proves nothing but the request that it came with.
    var secretHeaders: [String] { get }

    /// The names of the header fields without which no request is authentic.
    var neededHeaders: [String] { get }

    /// The methods beside POST that belong to a handshake of the source.
    var handshakeMethods: [String] { get }

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - request: The request as received.
    ///   - now: The receiver's time, for schemes that sign the time of sending.
    /// - Returns: The verdict: authentic, the answer to a handshake, or refused with the reason.
    func verify(_ request: WebhookRequest, now: Date) -> Verdict

    /// Checks a request, and says which secret of several it was signed with.
    ///
    /// - Parameters:
    ///   - request: The request as received.
    ///   - now: The receiver's time, for schemes that sign the time of sending.
    /// - Returns: What ``verify(_:now:)`` returns, and the place of the secret in the endpoint's list, from 0; `nil` where
    ///   the request is not authentic, or nobody can tell.
    func examine(_ request: WebhookRequest, now: Date) -> (verdict: Verdict, secret: Int?)
}

extension RequestVerifier {
    /// None.
    public var secretHeaders: [String] {
        []
    }

    /// None.
    public var neededHeaders: [String] {
        []
    }

    /// None.
    public var handshakeMethods: [String] {
        []
    }

    /// The verdict without a secret.
    public func examine(_ request: WebhookRequest, now: Date) -> (verdict: Verdict, secret: Int?) {
        (verify(request, now: now), nil)
    }

    /// Checks a delivery whose URL does not matter.
    ///
    /// - Parameters:
    ///   - headers: The header fields as received.
    ///   - body: The body as received, byte for byte.
    ///   - now: The receiver's time.
    /// - Returns: What ``verify(_:now:)`` returns.
    public func verify(headers: Headers, body: [UInt8], now: Date) -> Verdict {
        verify(WebhookRequest(headers: headers, body: body), now: now)
    }

    /// The names of the needed header fields that a request has.
    package func foundHeaders(_ headers: Headers) -> [String] {
        let fields = headers.fields.map { $0.name.lowercased() }
        return neededHeaders.filter { fields.contains($0.lowercased()) }
    }

    /// The names of header fields that look like signatures and are none of the needed ones, in lower case, at most four.
    package func headersInstead(_ headers: Headers) -> [String] {
        let needed = Set(neededHeaders.map { $0.lowercased() })
        let found = headers.fields.lazy.map { $0.name.lowercased() }
            .filter { !needed.contains($0) && HeaderMismatch.looksLikeSignature($0) }
        return Array(found.prefix(HeaderMismatch.mostNames))
    }

    /// Compares the header fields of a refused request with those that the scheme needs.
    ///
    /// - Parameter headers: The header fields as received.
    /// - Returns: The names of those that are missing, and of those that look like signatures in their place; `nil` where
    ///   none is missing.
    public func headerMismatch(_ headers: Headers) -> HeaderMismatch? {
        let found = foundHeaders(headers)
        let missing = neededHeaders.filter { !found.contains($0) }
        guard !missing.isEmpty else { return nil }
        return HeaderMismatch(missing: missing, found: headersInstead(headers))
    }
}

/// The names of header fields that a scheme looked for in vain, and of those that came in their place.
///
/// It holds no value.
public struct HeaderMismatch: Hashable, Sendable {
    /// The names that the scheme needs and that were not there.
    public let missing: [String]
    /// The names of fields that look like signatures, in lower case, at most four.
    public let found: [String]

    static let mostNames = 4
    private static let longestName = 64
    private static let marks = ["signature", "hmac", "token", "authorization", "webhook-", "svix-"]

    static func looksLikeSignature(_ name: String) -> Bool {
        name.utf8.count <= longestName && HeaderField.isName(name) && marks.contains { name.contains($0) }
    }
}

/// The outcome of a verification.
public enum Verdict: Hashable, Sendable {
    /// Someone who knows a secret of the endpoint sent exactly these bytes.
    case authentic
    /// A producer asks whether it is expected; it gets this answer, and nothing is stored.
    case handshake(HandshakeResponse)
    /// The request is not to be believed.
    case refused(RefusalReason)
}

/// Why a request is not to be believed.
///
/// The raw values are labels of metrics: few, and stable.
public enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    /// A header, or another place, in which the scheme needs a value is missing or empty.
    case missingHeader = "missing-header"
    /// A header that the scheme needs came more than once; nobody can tell which one was signed.
    case duplicateHeader = "duplicate-header"
    /// A header that the scheme needs does not have its form.
    case malformedHeader = "malformed-header"
    /// No secret of the endpoint gives this signature for these bytes.
    case signatureMismatch = "signature-mismatch"
    /// The signature is right, and the signed time is too far from the receiver's: a replay, or a clock that is wrong.
    case timestampOutsideTolerance = "timestamp-outside-tolerance"
    /// The token is none of the endpoint's.
    case tokenMismatch = "token-mismatch"
}

/// The bounds within which a signed time may differ from the receiver's.
public struct TimestampTolerance: Hashable, Sendable {
    /// The longest time since a request was signed.
    public let past: Duration
    /// The longest time by which the sender's clock may be ahead of ours.
    public let future: Duration

    /// Sets the bounds; a distance that equals its bound is within.
    public init(past: Duration, future: Duration) {
        self.past = past
        self.future = future
    }

    /// The same bound both ways.
    public static func within(_ bound: Duration) -> TimestampTolerance {
        TimestampTolerance(past: bound, future: bound)
    }

    /// Compares whole seconds, as the specification's own libraries do: exactly 300 s pass where 300 s are allowed.
    func accepts(unixSeconds signed: Int64, now: Date) -> Bool {
        let age = Int64(now.timeIntervalSince1970.rounded(.down)) - signed
        return age <= past.components.seconds && -age <= future.components.seconds
    }
}
