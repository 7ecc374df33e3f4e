import PostroomCore

/// Everything that is known of one source, with its types erased.
///
/// The sources that come with Postroom are made of values, one of one's own of its type: the registry sees no difference.
final class SourceModel: Sendable {
    /// Puts a sample's data into the source's envelope.
    typealias Envelope =
        @Sendable (_ eventType: String, _ data: String, _ values: inout SampleValues) -> SampleDelivery

    let definition: SourceDefinition
    let rules: any SourceRules
    /// The event types that have a Swift type.
    let events: [CatalogueEntry]
    /// Event types that the producer is known to send, for samples, where none has a Swift type.
    let sampleTypes: [String]
    /// True where an authentic delivery names its event type.
    let promisesEventType: Bool
    let envelope: Envelope
    let redaction: Redaction
    /// The type that describes a source of one's own, and may verify and sign by code.
    private let type: (any WebhookSource.Type)?

    /// Describes a source by values.
    ///
    /// - Parameters:
    ///   - definition: The scheme, and what an endpoint is like unless configured otherwise.
    ///   - rules: The rules by which its deliveries are identified.
    ///   - events: The event types that have a Swift type.
    ///   - sampleTypes: Event types for samples where there are none of those.
    ///   - promisesEventType: True where an authentic delivery names its event type; by default that of a source with
    ///     typed events does.
    ///   - envelope: Puts a sample's data into the source's envelope.
    init(
        definition: SourceDefinition,
        rules: any SourceRules,
        events: [CatalogueEntry] = [],
        sampleTypes: [String] = ["sample.created"],
        promisesEventType: Bool? = nil,
        envelope: @escaping Envelope
    ) {
        self.definition = definition
        self.rules = rules
        self.events = events
        self.sampleTypes = sampleTypes
        self.promisesEventType = promisesEventType ?? !events.isEmpty
        self.envelope = envelope
        self.redaction = Redaction(paths: definition.sensitivePaths)
        self.type = nil
    }

    /// Describes a source of one's own by its type.
    init<Source: WebhookSource>(_ type: Source.Type) {
        self.definition = type.definition
        self.rules = type.rules
        self.events = type.events
        self.sampleTypes = ["sample.created"]
        self.promisesEventType = true
        self.envelope = { eventType, data, values in Source.sample(of: eventType, data: data, &values) }
        self.redaction = Redaction(paths: type.definition.sensitivePaths)
        self.type = type
    }

    /// Makes the verifier of an endpoint.
    ///
    /// - Throws: ``SecretProblem`` where the secrets or options can't work.
    func verifier(_ options: VerifierOptions) throws(SecretProblem) -> any RequestVerifier {
        guard let type else { return try definition.verifier(options) }
        return try type.verifier(options)
    }

    /// Signs a request as the producer does.
    ///
    /// - Throws: ``SecretProblem`` where the secrets can't sign it.
    func sign(_ request: UnsignedRequest, secrets: [Secret]) throws(SecretProblem) -> SignedRequest {
        guard let type else { return try definition.sign(request, secrets: secrets) }
        return try type.sign(request, secrets: secrets)
    }
}
