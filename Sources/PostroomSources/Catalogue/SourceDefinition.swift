public import PostroomCore

/// The properties of a source's endpoints unless they are configured otherwise.
public struct SourceDefinition: Hashable, Sendable {
    /// The way in which a source's requests are authenticated.
    public enum Scheme: Hashable, Sendable {
        /// Standard Webhooks: id, time and body are signed.
        case standardWebhooks
        /// A scheme that is data.
        case row(SignatureScheme)

        /// The hexadecimal HMAC-SHA256 of the raw body, after `sha256=`.
        static let bodySignature = Scheme.row(.githubStyle("X-Signature-256"))
        /// A bearer token.
        static let bearer = Scheme.row(.bearer)

        /// True where the request carries the secret itself.
        public var carriesSecret: Bool {
            row?.carriesSecret ?? false
        }

        /// True where a request can carry several signatures, as during a rotation.
        public var carriesSeveralSignatures: Bool {
            row?.carriesSeveralSignatures ?? true
        }

        /// The scheme in a few words for people.
        public var summary: String {
            guard let row else { return "standard-webhooks" }
            switch row.algorithm {
            case .secret: return "the secret itself"
            case .ed25519: return "ed25519, \(row.encoding.rawValue)"
            case .hmacSHA1, .hmacSHA256, .hmacSHA512: return "hmac-\(row.algorithm.rawValue), \(row.encoding.rawValue)"
            }
        }

        /// The scheme where it is data.
        var row: SignatureScheme? {
            if case .row(let scheme) = self {
                return scheme
            }
            return nil
        }
    }

    /// The source.
    public let source: Source
    /// A description in one line.
    public let summary: String
    /// The way in which its requests are authenticated.
    public let scheme: Scheme
    /// The place of the signature or the token, as people name it: a header's name, or a parameter or member.
    public let signatureHeader: String
    /// True where an endpoint may name another header for the signature.
    public let allowsOtherHeader: Bool
    /// The distance by which a signed time may be off, or `nil` where requests carry none.
    public let tolerance: TimestampTolerance?
    /// The longest body, in bytes.
    public let bodyLimit: Int
    /// True where a sender may drop an event for good on a 401, so that the endpoint can be set to answer 503 in its place.
    public let dropsRefusedDeliveries: Bool
    /// Where in a body the values stand that must not be shown, for example `data.social_connections[].access_token`.
    ///
    /// Names are separated by points. `[]` says that there is an array, which is looked through in any case; `+` after a
    /// name says that the name may stand inside itself any number of times. A value is hidden with all that is in it.
    public let sensitivePaths: [String]
    /// The page of the producer's documentation that its rules follow, or `nil`.
    public let documentation: String?
    /// The handshake by which the producer asks whether it is expected, or `nil` for none.
    public let handshake: Handshake?

    init(
        source: Source,
        summary: String,
        scheme: Scheme,
        signatureHeader: String? = nil,
        allowsOtherHeader: Bool = false,
        tolerance: TimestampTolerance? = nil,
        bodyLimit: Int = 1 << 20,
        dropsRefusedDeliveries: Bool = false,
        sensitivePaths: [String] = [],
        documentation: String? = nil,
        handshake: Handshake? = nil
    ) {
        self.source = source
        self.summary = summary
        switch scheme {
        case .standardWebhooks:
            self.scheme = scheme
            self.signatureHeader = signatureHeader ?? StandardWebhooks.HeaderNames.standard.signature
        case .row(let row):
            let named = signatureHeader.map(row.named) ?? row
            self.scheme = .row(named)
            self.signatureHeader =
                switch named.location {
                case .header(let name): name
                case .query(let name): "?\(name)="
                case .json(let path): path
                }
        }
        self.allowsOtherHeader = allowsOtherHeader
        self.tolerance = tolerance ?? scheme.row?.time?.tolerance
        self.bodyLimit = bodyLimit
        self.dropsRefusedDeliveries = dropsRefusedDeliveries
        self.sensitivePaths = sensitivePaths
        self.documentation = documentation
        self.handshake = handshake
    }
}
