public import PostroomCore

/// What an endpoint of a source is like unless it is configured otherwise.
public struct SourceDefinition: Hashable, Sendable {
    /// How a source's requests are authenticated.
    public enum Scheme: String, Hashable, Sendable, CaseIterable {
        /// Standard Webhooks: id, time and body are signed.
        case standardWebhooks = "standard-webhooks"
        /// The hexadecimal HMAC-SHA256 of the raw body.
        case bodySignature = "hmac-sha256"
        /// A bearer token.
        case bearer = "bearer"
    }

    /// The source.
    public let source: Source
    /// What it is, in one line.
    public let summary: String
    /// How its requests are authenticated.
    public let scheme: Scheme
    /// The header that carries the signature or the token.
    public let signatureHeader: String
    /// Whether an endpoint may name another header for the signature.
    public let allowsOtherHeader: Bool
    /// How far a signed time may be off, or `nil` where requests carry none.
    public let tolerance: TimestampTolerance?
    /// The longest body, in bytes.
    public let bodyLimit: Int
    /// Whether a sender may drop an event for good on a 401, so that the endpoint can be set to answer 503 in its place.
    public let dropsRefusedDeliveries: Bool
    /// Where in a body the values stand that must not be shown, for example `data.social_connections[].access_token`.
    ///
    /// Names are separated by points. `[]` says that there is an array, which is looked through in any case; `+` after a
    /// name says that the name may stand inside itself any number of times. A value is hidden with all that is in it.
    public let sensitivePaths: [String]

    init(
        source: Source,
        summary: String,
        scheme: Scheme,
        signatureHeader: String? = nil,
        allowsOtherHeader: Bool = false,
        tolerance: TimestampTolerance? = nil,
        bodyLimit: Int = 1 << 20,
        dropsRefusedDeliveries: Bool = false,
        sensitivePaths: [String] = []
    ) {
        self.source = source
        self.summary = summary
        self.scheme = scheme
        self.signatureHeader =
            signatureHeader
            ?? (scheme == .bearer ? BearerVerifier.header : StandardWebhooksVerifier.signatureHeader)
        self.allowsOtherHeader = allowsOtherHeader
        self.tolerance = tolerance
        self.bodyLimit = bodyLimit
        self.dropsRefusedDeliveries = dropsRefusedDeliveries
        self.sensitivePaths = sensitivePaths
    }
}
