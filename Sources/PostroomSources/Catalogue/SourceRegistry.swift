public import PostroomCore

/// The sources of a program: those that come with Postroom, and those of one's own.
///
/// Everything that has to know a source asks a registry: configuration, the receiver, `send`, `decode`, `sources`, the
/// masking of bodies, trials of handlers. A program registers its own beside its handlers:
///
/// ```swift
/// static func register(on sources: inout SourceRegistry) {
///     sources.register(Partner.self)
/// }
/// ```
public struct SourceRegistry: Sendable {
    /// The sources that come with Postroom, and no others.
    public static let builtIn = SourceRegistry(
        [
            Wacht.model, Anthropic.model, Wakit.model, Dynamic.model, Nyuchi.model, GenericSources.standardWebhooks,
            GenericSources.hmacSHA256, GenericSources.bearer, GenericSources.cloudEvents, GenericSources.custom,
        ] + Presets.all
    )
    /// The names that stand for deliveries of no producer.
    private static let reserved: [Source] = [.sql, .unverified]
    private static let plainRedaction = Redaction(paths: [])

    private(set) var models: [SourceModel]
    private var modelsBySource: [Source: SourceModel]
    /// The problems of the registrations: names that are taken or ill-formed, and events that name another source.
    ///
    /// A program with problems does not start.
    public private(set) var problems: [String] = []

    private init(_ models: [SourceModel]) {
        self.models = models
        self.modelsBySource = Dictionary(models.map { ($0.definition.source, $0) }) { first, _ in first }
    }

    /// Makes a registry of the sources that come with Postroom, and further ones.
    ///
    /// - Parameter sources: The further ones.
    public init(_ sources: any WebhookSource.Type...) {
        self = .builtIn
        for source in sources {
            register(source)
        }
    }

    // MARK: - Registering

    /// Adds a source.
    ///
    /// A name that is taken or ill-formed is one of the ``problems``, and the source is not added.
    ///
    /// - Parameter source: The type that describes it.
    public mutating func register(_ source: any WebhookSource.Type) {
        add(SourceModel(source))
    }

    private mutating func add(_ model: SourceModel) {
        let source = model.definition.source
        let found = problems(with: model)
        guard found.isEmpty else { return problems += found }
        models.append(model)
        modelsBySource[source] = model
    }

    private func problems(with model: SourceModel) -> [String] {
        let source = model.definition.source
        guard Self.isName(source.rawValue) else {
            let name = source.rawValue.unicodeScalars.prefix(32).map { $0.escaped(asASCII: true) }.joined()
            return [
                "a source is named '\(name)'; a name has 1 to 64 lower-case letters, digits, '.', '_' and '-', and "
                    + "starts with a letter or a digit"
            ]
        }
        guard modelsBySource[source] == nil, !Self.reserved.contains(source) else {
            return ["the name of the source '\(source)' is taken; 'postroom sources' lists those that are"]
        }
        var problems: [String] = []
        var types: Set<String> = []
        for entry in model.events {
            if entry.swiftType.source != source {
                problems.append(
                    "the source '\(source)' lists \(entry.swiftName), which says that it comes from "
                        + "'\(entry.swiftType.source)'"
                )
            }
            if IdentityText.eventType(entry.eventType) == nil || !types.insert(entry.eventType).inserted {
                problems.append(
                    "the source '\(source)' lists \(entry.swiftName) under an event type that is empty or taken"
                )
            }
        }
        return problems
    }

    private static func isName(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...64).contains(text.utf8.count) && text.utf8.first.map(isLetterOrDigit) == true
            && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    // MARK: - Looking up

    func model(of source: Source) -> SourceModel? {
        modelsBySource[source]
    }

    /// The definitions of all sources that an endpoint can have, in the order in which people are shown them.
    public var definitions: [SourceDefinition] {
        models.map(\.definition)
    }

    /// Returns the properties of a source's endpoints unless they are configured otherwise.
    ///
    /// - Parameter source: The source.
    /// - Returns: Its definition, or `nil` for a source that no endpoint can have.
    public func definition(of source: Source) -> SourceDefinition? {
        model(of: source)?.definition
    }

    /// Returns the rules by which a source's deliveries are identified and described.
    ///
    /// A source that nobody registered is treated like a generic one; deliveries that were enqueued from SQL keep the type
    /// and the key that they were stored with. Rules are made once and kept by the caller, or asked for each time: it is
    /// one look-up.
    ///
    /// - Parameter source: The source.
    /// - Returns: Its rules. ``GenericRules`` can be made with other options for a generic source.
    public func rules(for source: Source) -> any SourceRules {
        if let model = model(of: source) {
            return model.rules
        }
        return source == .sql ? StoredRules() : GenericRules(source: source)
    }

    /// Returns the event types of a source that have a Swift type.
    ///
    /// - Parameter source: The source.
    /// - Returns: The entries in the order of the producer's documentation; none for generic sources.
    public func events(of source: Source) -> [CatalogueEntry] {
        model(of: source)?.events ?? []
    }

    /// Returns true where an authentic delivery of a source names its event type: those of known producers do.
    ///
    /// - Parameter source: The source.
    /// - Returns: `false` for generic sources, unless their endpoint says where the type stands.
    public func promisesEventType(_ source: Source) -> Bool {
        model(of: source)?.promisesEventType ?? false
    }

    /// Decodes a delivery into the Swift type that its source lists for its event type.
    ///
    /// - Parameter delivery: The delivery.
    /// - Returns: The typed event, or `nil` where no Swift type is listed for it.
    /// - Throws: ``PostroomCore/UndecodableEvent`` where the body does not fit.
    public func typedEvent(of delivery: Delivery) throws -> (any WebhookEvent)? {
        guard let entry = events(of: delivery.source).first(where: { $0.eventType == delivery.eventType }) else {
            return nil
        }
        return try entry.swiftType.init(decoding: Event(delivery: delivery, rules: rules(for: delivery.source)))
    }

    /// Makes the verifier of an endpoint.
    ///
    /// - Parameters:
    ///   - source: The endpoint's source.
    ///   - options: Its secrets, and the options that it was given.
    /// - Returns: The verifier.
    /// - Throws: ``SecretProblem`` where the secrets or options can't work. It shows no secret.
    public func verifier(
        for source: Source,
        _ options: VerifierOptions
    ) throws(SecretProblem) -> any RequestVerifier {
        guard let model = model(of: source) else { throw SecretProblem(.source) }
        return try model.verifier(options)
    }

    /// Makes the verifier of an endpoint with nothing but secrets.
    ///
    /// - Parameters:
    ///   - source: The endpoint's source.
    ///   - secrets: Its secrets; a request that fits any of them is authentic.
    /// - Returns: The verifier.
    /// - Throws: ``SecretProblem`` where the secrets can't work. It shows no secret.
    public func verifier(for source: Source, secrets: [Secret]) throws(SecretProblem) -> any RequestVerifier {
        try verifier(for: source, VerifierOptions(secrets: secrets))
    }

    /// Hides what in a body must not be shown: tokens, keys, one-time passwords, private metadata.
    ///
    /// The result is for people and logs, not for handlers. Hidden are the values at the source's
    /// ``SourceDefinition/sensitivePaths``, and under every name that tells of a secret, such as `password`,
    /// `client_secret` or `accessToken`, wherever it stands. Every other byte is as it was received.
    ///
    /// - Parameters:
    ///   - body: The body as received.
    ///   - source: The source that it came from.
    /// - Returns: The body to show, and how much of it is hidden. A body that is neither a JSON object nor an array of them
    ///   is hidden as a whole.
    public func redacted(body: [UInt8], source: Source) -> RedactedBody {
        (model(of: source)?.redaction ?? Self.plainRedaction).redacted(body)
    }
}

extension SignatureScheme {
    /// Makes the verifier of an endpoint with this scheme.
    ///
    /// - Parameters:
    ///   - secrets: The endpoint's secrets; a request that fits any of them is authentic.
    ///   - url: The endpoint's URL as its producer knows it, for schemes that sign it; `nil` for what requests themselves
    ///     name.
    /// - Returns: The verifier.
    /// - Throws: ``SecretProblem`` where the secrets can't work. It shows no secret.
    public func verifier(secrets: [Secret], url: String? = nil) throws(SecretProblem) -> any RequestVerifier {
        try SchemeVerifier(self, secrets: secrets, url: PublicURL(url))
    }
}
