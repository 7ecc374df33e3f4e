import PostroomConfiguration
import PostroomCore
import PostroomSources

/// The event types of kept deliveries by today's rules, whatever they were stored with.
///
/// An endpoint's own options count where the configuration knows it with the same source; else the source's rules do.
struct EventTypes: Sendable {
    private struct Endpoint: Sendable {
        let rules: any SourceRules
        let promisesType: Bool
    }

    private let endpoints: [EndpointName: Endpoint]

    /// Takes the endpoints of a configuration.
    init(_ configuration: ProgramConfiguration) {
        let known = configuration.endpoints.map { settings in
            (
                settings.name,
                Endpoint(rules: EndpointAssembly.rules(settings), promisesType: Self.promisesType(settings))
            )
        }
        self.endpoints = Dictionary(known) { first, _ in first }
    }

    /// Whether an endpoint's deliveries name their event types: those of producers with a catalogue do, those of a generic
    /// source where the endpoint says in which header or field.
    static func promisesType(_ settings: EndpointSettings) -> Bool {
        promisesType(settings.source) || settings.eventTypeHeader != nil || settings.eventTypePath != nil
    }

    private static func promisesType(_ source: Source) -> Bool {
        Sources.promisesEventType(source)
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
        let rules = Sources.rules(for: delivery.source)
        return Endpoint(rules: rules, promisesType: Self.promisesType(delivery.source))
    }
}
