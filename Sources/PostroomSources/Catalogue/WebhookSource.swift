public import PostroomCore

/// A kind of producer of one's own.
///
/// It says by data how its requests are signed and where type and key stand, and lists its events:
///
/// ```swift
/// enum Partner: WebhookSource {
///     static let definition = SourceDefinition(
///         source: "partner",
///         summary: "Partner: invoices",
///         scheme: .row(SignatureScheme(.header("X-Partner-Signature"), .plain(prefix: "v1=")))
///     )
///     static let locations = EventLocations(
///         eventType: [[.json("event.name")]],
///         idempotencyKey: [[.header("X-Partner-Id")]]
///     )
///     static let events = [
///         CatalogueEntry(InvoicePaid.self, "an invoice was paid") { #"{"invoice":"in_\($0.index)","amount":1200}"# }
///     ]
/// }
/// ```
///
/// Register the type with ``SourceRegistry/register(_:)``. Then the receiver, `send`, `decode`, `sources`, the masking of
/// bodies and trials of handlers know it like those that come with Postroom. Code overrides where data says too little:
/// ``rules``, ``verifier(_:)``, ``sign(_:secrets:)``.
public protocol WebhookSource: SendableMetatype {
    /// The name, the scheme, and what an endpoint is like unless configured otherwise.
    static var definition: SourceDefinition { get }

    /// The places of type, key, object and time in a request; the member `type` and the body's digest unless said.
    static var locations: EventLocations { get }

    /// The rules by which deliveries are identified and described; those of ``locations`` unless said.
    static var rules: any SourceRules { get }

    /// The event types that have a Swift type, for `sources`, `decode` and samples; none unless said.
    ///
    /// The Swift type of each names this source as its own.
    static var events: [CatalogueEntry] { get }

    /// Makes a sample delivery.
    ///
    /// Unless said, the data is the whole body, and type and key are put where ``locations`` says.
    ///
    /// - Parameters:
    ///   - eventType: The event type.
    ///   - data: The value that the event type's entry in ``events`` makes.
    ///   - values: Draws made-up values.
    /// - Returns: The delivery.
    static func sample(of eventType: String, data: String, _ values: inout SampleValues) -> SampleDelivery

    /// Makes the verifier of an endpoint; by the definition's scheme unless said.
    ///
    /// - Parameter options: The endpoint's secrets, and the options that it was given.
    /// - Returns: The verifier.
    /// - Throws: ``SecretProblem`` where the secrets or options can't work.
    static func verifier(_ options: VerifierOptions) throws(SecretProblem) -> any RequestVerifier

    /// Signs a request as the producer does, for `send` and for tests; by the definition's scheme unless said.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - secrets: The endpoint's secrets, at least one.
    /// - Returns: The signed request.
    /// - Throws: ``SecretProblem`` where the secrets can't sign it.
    static func sign(_ request: UnsignedRequest, secrets: [Secret]) throws(SecretProblem) -> SignedRequest
}

extension WebhookSource {
    /// The name in configuration, in the database and in commands.
    public static var source: Source {
        definition.source
    }

    /// The member `type`; the body's digest is the key.
    public static var locations: EventLocations {
        EventLocations(eventType: [[.member("type")]], time: [.member("timestamp")])
    }

    /// The rules of ``locations``.
    public static var rules: any SourceRules {
        GenericRules(source: definition.source, locations: locations)
    }

    /// None.
    public static var events: [CatalogueEntry] {
        []
    }

    /// The data as the whole body, with type and key where ``locations`` says.
    public static func sample(of eventType: String, data: String, _ values: inout SampleValues) -> SampleDelivery {
        SampleDelivery(eventType: eventType, data: data, at: locations, &values)
    }

    /// The verifier of the definition's scheme.
    public static func verifier(_ options: VerifierOptions) throws(SecretProblem) -> any RequestVerifier {
        try definition.verifier(options)
    }

    /// Signs by the definition's scheme.
    public static func sign(
        _ request: UnsignedRequest,
        secrets: [Secret]
    ) throws(SecretProblem) -> SignedRequest {
        try definition.sign(request, secrets: secrets)
    }
}

/// The secrets of an endpoint, and the options that matter to its verifier.
public struct VerifierOptions: Sendable {
    /// The secrets; a request that fits any of them is authentic.
    public var secrets: [Secret]
    /// The header that carries the signature, or `nil` for the source's own.
    public var header: String?
    /// The distance by which a signed time may be off both ways, in whole seconds, or `nil` for the source's default.
    public var tolerance: Duration?
    /// The endpoint's URL as its producer knows it, for schemes that sign it; `nil` for what requests themselves name.
    public var url: String?
    /// The tokens that a handshake has to carry, for producers whose handshake is not signed.
    public var handshakeTokens: [Secret]

    /// Collects the options.
    public init(
        secrets: [Secret],
        header: String? = nil,
        tolerance: Duration? = nil,
        url: String? = nil,
        handshakeTokens: [Secret] = []
    ) {
        self.secrets = secrets
        self.header = header
        self.tolerance = tolerance
        self.url = url
        self.handshakeTokens = handshakeTokens
    }
}
