import FoundationEssentials
import PostroomCore

/// The sources for producers that have no rules of their own.
enum GenericSources {
    static let standardWebhooks = model(
        SourceDefinition(
            source: .standardWebhooks,
            summary: "any producer that signs by the Standard Webhooks specification",
            scheme: .standardWebhooks,
            allowsOtherLocations: true,
            tolerance: .within(.seconds(300)),
            dropsRefusedDeliveries: true
        )
    )

    static let hmacSHA256 = model(
        SourceDefinition(
            source: .hmacSHA256,
            summary: "any producer that sends 'sha256=' and the hexadecimal HMAC of the body",
            scheme: .bodySignature,
            allowsOtherHeader: true,
            allowsOtherLocations: true,
            dropsRefusedDeliveries: true
        )
    )

    static let bearer = model(
        SourceDefinition(
            source: .bearer,
            summary: "any producer that sends a bearer token",
            scheme: .bearer,
            allowsOtherLocations: true,
            dropsRefusedDeliveries: true
        )
    )

    static let cloudEvents = model(
        SourceDefinition(
            source: .cloudEvents,
            summary: "any producer that sends CloudEvents with a bearer token",
            scheme: .bearer,
            allowsOtherLocations: true,
            dropsRefusedDeliveries: true,
            documentation: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
            handshake: .cloudEvents
        )
    )

    static let custom = model(
        SourceDefinition(
            source: .custom,
            summary: "any producer, by a scheme that its endpoint describes",
            scheme: .configured,
            allowsOtherLocations: true,
            dropsRefusedDeliveries: true
        )
    )

    private static func model(_ definition: SourceDefinition) -> SourceModel {
        SourceModel(
            definition: definition,
            rules: GenericRules(source: definition.source),
            envelope: { eventType, data, values in
                let id = values.token("evt_", 24)
                let isCloudEvent = definition.source == .cloudEvents
                let time = isCloudEvent ? #""specversion":"1.0","source":"/samples","time""# : #""timestamp""#
                return SampleDelivery(
                    eventType: eventType,
                    id: id,
                    body: """
                        {"type":\(JSONString.quoted(eventType)),"id":"\(id)",\
                        \(time):"\(values.timestamp())","data":\(data)}
                        """
                )
            }
        )
    }
}
