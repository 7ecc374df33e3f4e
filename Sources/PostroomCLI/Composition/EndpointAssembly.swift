import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomReceiver
import PostroomSources

/// Makes endpoints of what is configured: verifiers of secrets, rules of sources.
enum EndpointAssembly {
    /// Makes the endpoints.
    ///
    /// - Parameters:
    ///   - loaded: The configuration.
    ///   - sources: The sources that the program knows.
    ///   - environment: The environment variables, which may hold secrets.
    /// - Returns: The endpoints.
    /// - Throws: ``InvalidConfiguration`` that names each endpoint whose secrets are missing or can't work.
    static func endpoints(
        _ loaded: LoadedConfiguration,
        sources: SourceRegistry,
        environment: [String: String]
    ) throws(InvalidConfiguration) -> [ReceiverEndpoint] {
        let (endpoints, problems) = assemble(loaded, sources: sources, environment: environment)
        guard !problems.hasError else { throw InvalidConfiguration(problems: problems) }
        return endpoints
    }

    /// Makes those endpoints that can be made.
    ///
    /// - Returns: The endpoints, and a problem for each secret that is missing, can't work, or is badly kept.
    static func assemble(
        _ loaded: LoadedConfiguration,
        sources: SourceRegistry,
        environment: [String: String]
    ) -> (endpoints: [ReceiverEndpoint], problems: [ConfigurationProblem]) {
        let secrets = loaded.resolveSecrets(environment: environment)
        let known = loaded.problems + secrets.problems
        var endpoints: [ReceiverEndpoint] = []
        var problems = secrets.problems
        for settings in loaded.configuration.endpoints where !known.hasError(under: settings.key()) {
            do throws(SecretProblem) {
                let endpoint = try endpoint(
                    settings,
                    secrets.byEndpoint[settings.name] ?? [],
                    handshakeTokens: secrets.handshakeTokens[settings.name] ?? [],
                    sources
                )
                problems += namedSecrets(settings, endpoint).map { loaded.problem(at: settings.key($0), secretAdvice) }
                endpoints.append(endpoint)
            } catch {
                let place = error.position.map { "secrets[\($0 - 1)]" } ?? "secrets"
                problems.append(loaded.problem(at: settings.key(place), error.description))
            }
        }
        return (endpoints, problems.inOrder)
    }

    private static let secretAdvice = """
        names the header that carries the secret, which would be stored in clear with every delivery; name another one
        """

    /// The settings by which a secret would become part of a delivery's identity.
    private static func namedSecrets(_ settings: EndpointSettings, _ endpoint: ReceiverEndpoint) -> [String] {
        let secrets = endpoint.secretHeaders.map { $0.lowercased() }
        return settings.locations.headers.filter { secrets.contains($0.name.lowercased()) }.map(\.setting)
    }

    private static func endpoint(
        _ settings: EndpointSettings,
        _ secrets: [Sensitive<String>],
        handshakeTokens: [Sensitive<String>],
        _ sources: SourceRegistry
    ) throws(SecretProblem) -> ReceiverEndpoint {
        guard !settings.isPending else { return pendingEndpoint(settings, sources) }
        let secrets = secrets.map { Secret($0.exposed) }
        let verifier =
            if let scheme = settings.scheme.value {
                try scheme.verifier(secrets: secrets, url: settings.url)
            } else {
                try sources.verifier(
                    for: settings.source,
                    VerifierOptions(
                        secrets: secrets,
                        header: settings.header,
                        tolerance: settings.tolerance,
                        url: settings.url,
                        handshakeTokens: handshakeTokens.map { Secret($0.exposed) }
                    )
                )
            }
        return ReceiverEndpoint(
            name: settings.name,
            source: settings.source,
            bodyLimit: bodyLimit(settings, sources),
            refusalStatus: settings.refusalStatus == .unavailable ? .serviceUnavailable : .unauthorized,
            rules: rules(settings, sources),
            promisesEventType: EventTypes.promisesType(settings, sources),
            expectedEvery: settings.expectedEvery,
            secretHeaders: verifier.secretHeaders,
            handshakeMethods: verifier.handshakeMethods,
            secretNames: settings.secrets.map(\.description),
            verify: { request, now in EndpointVerdict(of: request, by: verifier, now: now) }
        )
    }

    /// An endpoint whose sender's secret is not known yet: it takes a bare ping, which no handler receives, and asks for
    /// everything else to be sent again.
    private static func pendingEndpoint(_ settings: EndpointSettings, _ sources: SourceRegistry) -> ReceiverEndpoint {
        let rules = sources.rules(for: settings.source)
        let ping = sources.definition(of: settings.source)?.pingType
        return ReceiverEndpoint(
            name: settings.name,
            source: .unverified,
            bodyLimit: bodyLimit(settings, sources),
            refusalStatus: .serviceUnavailable,
            rules: rules,
            promisesEventType: false,
            verify: { request, _ in
                let type = rules.identify(headers: request.headers, body: request.body).eventType
                return type != nil && type == ping ? .authentic() : .refused(Refusal(reason: "pending"))
            }
        )
    }

    private static func bodyLimit(_ settings: EndpointSettings, _ sources: SourceRegistry) -> Int {
        settings.bodyLimit ?? sources.definition(of: settings.source)?.bodyLimit ?? 1 << 20
    }

    /// The rules of an endpoint's deliveries: its source's, with the options that it was given.
    static func rules(_ settings: EndpointSettings, _ sources: SourceRegistry) -> any SourceRules {
        guard !settings.locations.given.isEmpty else { return sources.rules(for: settings.source) }
        let own = GenericRules.locations(of: settings.source)
        return GenericRules(source: settings.source, locations: settings.locations.replacing(own))
    }
}

extension EndpointVerdict {
    /// Asks a verifier.
    ///
    /// Of a request that lacks a header it also says which one, and which ones came in its place.
    init(of request: WebhookRequest, by verifier: any RequestVerifier, now: Date) {
        let (verdict, secret) = verifier.examine(request, now: now)
        switch verdict {
        case .authentic: self = .authentic(secret: secret)
        case .handshake(let response): self = .handshake(response)
        case .refused(let reason):
            let needed = verifier.neededHeaders
            let found = verifier.foundHeaders(request.headers)
            self = .refused(
                Refusal(
                    reason: reason.rawValue,
                    missingHeaders: reason == .missingHeader ? needed.filter { !found.contains($0) } : [],
                    headersInstead: verifier.headersInstead(request.headers),
                    neededHeaders: needed,
                    foundHeaders: found
                )
            )
        }
    }
}

/// The event types of kept deliveries by today's rules, whatever they were stored with.
///
/// An endpoint's own options count where the configuration knows it with the same source; else the source's rules do.
struct EventTypes: Sendable {
    private struct Endpoint: Sendable {
        let rules: any SourceRules
        let promisesType: Bool
    }

    private let sources: SourceRegistry
    private let endpoints: [EndpointName: Endpoint]

    /// Takes the endpoints of a configuration.
    init(_ configuration: ProgramConfiguration, sources: SourceRegistry) {
        let known = configuration.endpoints.map { settings in
            (
                settings.name,
                Endpoint(
                    rules: EndpointAssembly.rules(settings, sources),
                    promisesType: Self.promisesType(settings, sources)
                )
            )
        }
        self.sources = sources
        self.endpoints = Dictionary(known) { first, _ in first }
    }

    /// Finds out whether an endpoint's deliveries name their event types.
    ///
    /// Those of producers with a catalogue do, those of a generic source where the endpoint says in which header or field.
    static func promisesType(_ settings: EndpointSettings, _ sources: SourceRegistry) -> Bool {
        sources.promisesEventType(settings.source) || settings.locations.eventType.isGiven
    }

    /// Reads the event type of a delivery.
    func type(of delivery: Delivery) -> String? {
        endpoint(of: delivery).rules.identify(headers: delivery.headers, body: delivery.body).eventType
    }

    /// Says why a delivery that was stored without an event type has none though its source promises one.
    ///
    /// - Returns: The reason, or `nil` where it has a type, or could have none.
    func unreadableReason(of delivery: Delivery) -> UnreadableReason? {
        let endpoint = endpoint(of: delivery)
        guard delivery.eventType == nil, endpoint.promisesType else { return nil }
        return endpoint.rules.unreadableReason(headers: delivery.headers, body: delivery.body)
    }

    private func endpoint(of delivery: Delivery) -> Endpoint {
        if let known = endpoints[delivery.endpoint], known.rules.source == delivery.source {
            return known
        }
        let rules = sources.rules(for: delivery.source)
        return Endpoint(rules: rules, promisesType: sources.promisesEventType(delivery.source))
    }
}
