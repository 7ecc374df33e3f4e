public import PostroomCore

/// The sources that Postroom knows.
public enum Sources {
    static let models: [SourceModel] =
        [
            Wacht.model, Anthropic.model, Wakit.model, Dynamic.model, Nyuchi.model, GenericSources.standardWebhooks,
            GenericSources.hmacSHA256, GenericSources.bearer, GenericSources.cloudEvents,
        ] + Presets.all

    private static let modelsBySource = Dictionary(uniqueKeysWithValues: models.map { ($0.definition.source, $0) })

    /// The definitions of all sources that an endpoint can have, in the order in which people are shown them.
    public static let all: [SourceDefinition] = models.map(\.definition)

    static func model(of source: Source) -> SourceModel? {
        modelsBySource[source]
    }

    /// Returns the properties of a source's endpoints unless they are configured otherwise.
    ///
    /// - Parameter source: The source.
    /// - Returns: Its definition, or `nil` for a source that no endpoint can have.
    public static func definition(of source: Source) -> SourceDefinition? {
        model(of: source)?.definition
    }

    /// Returns the rules by which a source's deliveries are identified and described.
    ///
    /// A source that this version does not know is treated like a generic one; deliveries that were enqueued from SQL
    /// keep the type and the key that they were stored with. Rules are made once and kept by the caller, or asked for
    /// each time: it is one look-up.
    ///
    /// - Parameter source: The source.
    /// - Returns: Its rules. ``GenericRules`` can be made with other options for a generic source.
    public static func rules(for source: Source) -> any SourceRules {
        if source == .sql {
            return StoredRules()
        }
        return model(of: source)?.rules ?? GenericRules(source: source)
    }

    /// The event types of a source that have a Swift type.
    ///
    /// - Parameter source: The source.
    /// - Returns: The entries in the order of the producer's documentation; none for generic sources.
    public static func events(of source: Source) -> [CatalogueEntry] {
        model(of: source)?.events ?? []
    }

    /// True where an authentic delivery of a source names its event type: those of known producers do.
    ///
    /// - Parameter source: The source.
    /// - Returns: `false` for generic sources, unless their endpoint says where the type stands.
    public static func promisesEventType(_ source: Source) -> Bool {
        model(of: source)?.promisesEventType ?? false
    }

    /// Decodes a delivery into the Swift type that the catalogue has for its event type.
    ///
    /// - Parameter delivery: The delivery.
    /// - Returns: The typed event, or `nil` where the catalogue has no Swift type for it.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where the body does not fit.
    public static func typedEvent(of delivery: Delivery) throws -> (any WebhookEvent)? {
        guard let entry = events(of: delivery.source).first(where: { $0.eventType == delivery.eventType }) else {
            return nil
        }
        return try entry.swiftType.init(decoding: Event(delivery: delivery, rules: rules(for: delivery.source)))
    }

    /// Makes the verifier of an endpoint.
    ///
    /// - Parameters:
    ///   - source: The endpoint's source.
    ///   - secrets: Its secrets; a request that fits any of them is authentic.
    ///   - header: The header that carries the signature, or `nil` for the source's own.
    ///   - tolerance: How far a signed time may be off both ways, in whole seconds, or `nil` for the source's default.
    ///   - url: The endpoint's URL as its producer knows it, for schemes that sign it; `nil` for what requests themselves
    ///     name.
    ///   - handshakeTokens: The tokens that a handshake has to carry, for producers whose handshake is not signed.
    /// - Returns: The verifier.
    /// - Throws: ``SecretProblem`` where the secrets or options can't work. It shows no secret.
    public static func verifier(
        for source: Source,
        secrets: [Secret],
        header: String? = nil,
        tolerance: Duration? = nil,
        url: String? = nil,
        handshakeTokens: [Secret] = []
    ) throws(SecretProblem) -> any RequestVerifier {
        guard let definition = definition(of: source) else { throw SecretProblem(.source) }
        if header != nil, !definition.allowsOtherHeader {
            throw SecretProblem(.header)
        }
        if let tolerance, definition.tolerance == nil || tolerance < .seconds(1) {
            throw SecretProblem(.tolerance)
        }
        let bound = tolerance.map(TimestampTolerance.within) ?? definition.tolerance
        switch definition.scheme {
        case .standardWebhooks:
            return try StandardWebhooksVerifier(secrets: secrets, families: families(of: definition), tolerance: bound)
        case .row(let row):
            var scheme = header.map(row.named) ?? row
            if let bound {
                scheme.time?.tolerance = bound
            }
            return try SchemeVerifier(
                scheme,
                secrets: secrets,
                url: PublicURL(url),
                reply: definition.handshake.map { HandshakeReply($0, secrets: secrets, tokens: handshakeTokens) }
            )
        }
    }

    /// Makes the verifier of an endpoint with a scheme of its own.
    ///
    /// - Parameters:
    ///   - scheme: The scheme.
    ///   - secrets: The endpoint's secrets; a request that fits any of them is authentic.
    ///   - url: The endpoint's URL as its producer knows it, for schemes that sign it; `nil` for what requests themselves
    ///     name.
    /// - Returns: The verifier.
    /// - Throws: ``SecretProblem`` where the secrets can't work. It shows no secret.
    public static func verifier(
        _ scheme: SignatureScheme,
        secrets: [Secret],
        url: String? = nil
    ) throws(SecretProblem) -> any RequestVerifier {
        try SchemeVerifier(scheme, secrets: secrets, url: PublicURL(url))
    }

    /// The names that the headers of Standard Webhooks may have: a generic endpoint takes both families, and so does a
    /// preset whose producer sends through Svix; the five producers with events of their own have one.
    static func families(of definition: SourceDefinition) -> [StandardWebhooks.HeaderNames] {
        if definition.signatureHeader == StandardWebhooks.HeaderNames.svix.signature {
            return [.svix, .standard]
        }
        return definition.source == .standardWebhooks ? [.standard, .svix] : [.standard]
    }
}
