public import FoundationEssentials
public import PostroomCore

/// Tells authentic requests from others.
///
/// It looks at the raw bytes only, and keeps nothing.
public protocol RequestVerifier: Sendable {
    /// The names of the header fields that carry a secret itself, whatever their case.
    ///
    /// They are not kept with a delivery. A signature is no secret: it proves nothing but the request that it came with.
    var secretHeaders: [String] { get }

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - headers: The header fields as received.
    ///   - body: The body as received, byte for byte.
    ///   - now: The receiver's time, for schemes that sign the time of sending.
    /// - Returns: Whether the request is authentic, and if not, why.
    func verify(headers: Headers, body: [UInt8], now: Date) -> Verdict
}

/// What a verifier found.
public enum Verdict: Hashable, Sendable {
    /// Someone who knows a secret of the endpoint sent exactly these bytes.
    case authentic
    /// The request is not to be believed.
    case refused(RefusalReason)
}

/// Why a request is not to be believed.
///
/// The raw values are labels of metrics: few, and stable.
public enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    /// A header that the scheme needs is missing or empty.
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

/// How far a signed time may be from the receiver's.
public struct TimestampTolerance: Hashable, Sendable {
    /// How long ago a request may have been signed.
    public let past: Duration
    /// How far ahead of ours the sender's clock may be.
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
