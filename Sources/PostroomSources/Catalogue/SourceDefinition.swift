public import PostroomCore

/// A source's name and scheme, and the properties of its endpoints unless they are configured otherwise.
public struct SourceDefinition: Hashable, Sendable {
    /// The way in which a source's requests are authenticated.
    public enum Scheme: Hashable, Sendable {
        /// Standard Webhooks: id, time and body are signed.
        case standardWebhooks
        /// A scheme that is data.
        case row(SignatureScheme)
        /// The scheme that an endpoint's configuration describes.
        case configured
        /// Code of the source's own, in a few words for people, for example `jwt`.
        ///
        /// The source overrides ``WebhookSource/verifier(_:)``, and ``WebhookSource/sign(_:secrets:)`` for `send`.
        case code(String)

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
            switch self {
            case .standardWebhooks: true
            case .row(let row): row.carriesSeveralSignatures
            case .configured, .code: false
            }
        }

        /// The place of the secret itself, where it stands in the body.
        var secretPaths: [String] {
            guard let row, row.carriesSecret, case .json(let path) = row.location else { return [] }
            let names = JSONLookup(path).steps
                .compactMap { step in
                    if case .member(let name) = step { name } else { nil }
                }
            return [names.joined(separator: ".")]
        }

        /// The scheme in a few words for people.
        public var summary: String {
            switch self {
            case .standardWebhooks: "standard-webhooks"
            case .configured: "what its endpoint says"
            case .code(let summary): summary
            case .row(let row):
                switch row.algorithm {
                case .secret: "the secret itself"
                case .ed25519: "ed25519, \(row.encoding.rawValue)"
                case .hmacSHA1, .hmacSHA256, .hmacSHA512: "hmac-\(row.algorithm.rawValue), \(row.encoding.rawValue)"
                }
            }
        }

        /// The scheme where it is data.
        package var row: SignatureScheme? {
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
    /// The place of a secret that requests carry in their bodies is always among them; the stored body keeps it.
    public let sensitivePaths: [String]
    /// The page of the producer's documentation that its rules follow, or `nil`.
    public let documentation: String?
    /// The handshake by which the producer asks whether it is expected, or `nil` for none.
    public let handshake: Handshake?
    /// True where an endpoint may say where event type and key stand, because producers differ in it.
    public let allowsOtherLocations: Bool
    /// The event type of the ping that the producer sends before anybody can know its secret, or `nil` where it sends none.
    ///
    /// An endpoint of such a source may be pending: it takes that ping, and asks for everything else to come again.
    public let pingType: String?
    /// The name by which the producer's requests call their sender, for samples.
    public let userAgent: String
    /// The names that the headers of Standard Webhooks may have.
    let headerFamilies: [StandardWebhooks.HeaderNames]
    /// True where a secret that begins with `whsec_` is a signing token, by which requests are signed by Standard Webhooks
    /// in place of the scheme.
    private(set) var takesSigningTokens = false

    /// Describes a source.
    ///
    /// - Parameters:
    ///   - source: The name in configuration, in the database and in commands: lower-case letters, digits, `.`, `_`
    ///     and `-`.
    ///   - summary: A description in one line.
    ///   - scheme: The way in which its requests are authenticated.
    ///   - signatureHeader: The header with the signature, where it is not the scheme's own; `svix-signature` says that
    ///     the producer sends through Svix.
    ///   - allowsOtherHeader: True where an endpoint may name another header for the signature.
    ///   - allowsOtherLocations: True where an endpoint may say where event type and key stand.
    ///   - tolerance: The distance by which a signed time may be off; the scheme's own unless said.
    ///   - bodyLimit: The longest body, in bytes.
    ///   - dropsRefusedDeliveries: True where a sender may drop an event for good on a 401.
    ///   - sensitivePaths: The places of values that must not be shown; see ``sensitivePaths``.
    ///   - documentation: The page of the producer's documentation, or `nil`.
    ///   - handshake: The handshake by which the producer asks whether it is expected, or `nil`.
    ///   - pingType: The event type of a ping that comes before the secret can be known, or `nil`.
    ///   - userAgent: The name by which the producer's requests call their sender.
    public init(
        source: Source,
        summary: String,
        scheme: Scheme,
        signatureHeader: String? = nil,
        allowsOtherHeader: Bool = false,
        allowsOtherLocations: Bool = false,
        tolerance: TimestampTolerance? = nil,
        bodyLimit: Int = 1 << 20,
        dropsRefusedDeliveries: Bool = false,
        sensitivePaths: [String] = [],
        documentation: String? = nil,
        handshake: Handshake? = nil,
        pingType: String? = nil,
        userAgent: String = "postroom-send/1"
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
        case .configured, .code:
            self.scheme = scheme
            self.signatureHeader = signatureHeader ?? "-"
        }
        self.allowsOtherHeader = allowsOtherHeader
        self.allowsOtherLocations = allowsOtherLocations
        self.tolerance = tolerance ?? scheme.row?.time?.tolerance
        self.bodyLimit = bodyLimit
        self.dropsRefusedDeliveries = dropsRefusedDeliveries
        self.sensitivePaths = sensitivePaths + scheme.secretPaths
        self.documentation = documentation
        self.handshake = handshake
        self.pingType = pingType
        self.userAgent = userAgent
        // A generic endpoint takes both families, and so does a producer that sends through Svix.
        self.headerFamilies =
            signatureHeader == StandardWebhooks.HeaderNames.svix.signature
            ? [.svix, .standard] : allowsOtherLocations ? [.standard, .svix] : [.standard]
    }
}

extension SourceDefinition {
    /// The same definition of a producer that also signs by Standard Webhooks, where it has a signing token.
    func takingSigningTokens() -> SourceDefinition {
        var definition = self
        definition.takesSigningTokens = true
        return definition
    }

    /// Makes the verifier of an endpoint by the scheme.
    ///
    /// - Throws: ``SecretProblem`` where the secrets or options can't work.
    func verifier(_ options: VerifierOptions) throws(SecretProblem) -> any RequestVerifier {
        if options.header != nil, !allowsOtherHeader {
            throw SecretProblem(.header)
        }
        if let tolerance = options.tolerance, self.tolerance == nil || tolerance < .seconds(1) {
            throw SecretProblem(.tolerance)
        }
        let bound = options.tolerance.map(TimestampTolerance.within) ?? tolerance
        switch scheme {
        case .standardWebhooks:
            return try StandardWebhooksVerifier(secrets: options.secrets, families: headerFamilies, tolerance: bound)
        case .row(let row) where takesSigningTokens && options.secrets.contains(where: SigningToken.isOne):
            return try SigningTokenVerifier(row, secrets: options.secrets)
        case .row(let row):
            var scheme = options.header.map(row.named) ?? row
            if let bound {
                scheme.time?.tolerance = bound
            }
            return try SchemeVerifier(
                scheme,
                secrets: options.secrets,
                url: PublicURL(options.url),
                reply: handshake.map { HandshakeReply($0, secrets: options.secrets, tokens: options.handshakeTokens) }
            )
        case .configured, .code: throw SecretProblem(.scheme)
        }
    }
}
