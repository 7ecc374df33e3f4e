import PostroomCore
import PostroomReceiver
import PostroomSources

/// Makes endpoints of what is configured: verifiers of secrets, rules of sources.
enum EndpointAssembly {
    /// What the configuration's checks know of sources.
    static let traits = Sources.all.map { definition in
        SourceTraits(
            source: definition.source,
            allowsHeader: definition.allowsOtherHeader,
            allowsTolerance: definition.tolerance != nil
        )
    }

    /// Makes the endpoints.
    ///
    /// - Throws: ``InvalidConfiguration`` that names each endpoint whose secrets are missing or can't work.
    static func endpoints(
        _ loaded: LoadedConfiguration,
        environment: [String: String]
    ) throws(InvalidConfiguration) -> [ReceiverEndpoint] {
        let secrets = try loaded.resolveSecrets(environment: environment)
        var endpoints: [ReceiverEndpoint] = []
        var problems: [ConfigurationProblem] = []
        for settings in loaded.configuration.endpoints {
            do throws(SecretProblem) {
                endpoints.append(try endpoint(settings, secrets.byEndpoint[settings.name] ?? []))
            } catch {
                let place = error.position.map { "secrets[\($0 - 1)]" } ?? "secrets"
                problems.append(loaded.problem(at: settings.key(place), error.description))
            }
        }
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
        return endpoints
    }

    private static func endpoint(
        _ settings: EndpointSettings,
        _ secrets: [ResolvedSecret]
    ) throws(SecretProblem) -> ReceiverEndpoint {
        let verifier = try Sources.verifier(
            for: settings.source,
            secrets: secrets.map { Secret($0.value) },
            header: settings.header,
            tolerance: settings.tolerance
        )
        return ReceiverEndpoint(
            name: settings.name,
            source: settings.source,
            bodyLimit: settings.bodyLimit?.bytes ?? Sources.definition(of: settings.source)?.bodyLimit ?? 1 << 20,
            refusalStatus: settings.refusalStatus == .unavailable ? .serviceUnavailable : .unauthorized,
            rules: rules(settings),
            verify: { headers, body, now in
                switch verifier.verify(headers: headers, body: body, now: now) {
                case .authentic: nil
                case .refused(let reason): Refusal(reason: reason.rawValue)
                }
            }
        )
    }

    private static func rules(_ settings: EndpointSettings) -> any SourceRules {
        let options = [
            settings.eventTypeHeader, settings.eventTypeField, settings.idempotencyKeyHeader,
            settings.idempotencyKeyField,
        ]
        guard options.contains(where: { $0 != nil }) else { return Sources.rules(for: settings.source) }
        return GenericRules(
            source: settings.source,
            eventTypeHeader: settings.eventTypeHeader,
            eventTypeField: settings.eventTypeField,
            keyHeader: settings.idempotencyKeyHeader,
            keyField: settings.idempotencyKeyField
        )
    }
}
