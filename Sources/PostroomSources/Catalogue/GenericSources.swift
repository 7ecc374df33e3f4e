import FoundationEssentials
import PostroomCore

/// The sources for producers that have no rules of their own.
enum GenericSources {
    static let standardWebhooks = model(
        SourceDefinition(
            source: .standardWebhooks,
            summary: "any producer that signs by the Standard Webhooks specification",
            scheme: .standardWebhooks,
            tolerance: .within(.seconds(300)),
            dropsRefusedDeliveries: true
        )
    )

    static let hmacSHA256 = model(
        SourceDefinition(
            source: .hmacSHA256,
            summary: "any producer that sends 'sha256=' and the hexadecimal HMAC of the body",
            scheme: .bodySignature,
            signatureHeader: "X-Signature-256",
            allowsOtherHeader: true,
            dropsRefusedDeliveries: true
        )
    )

    static let bearer = model(
        SourceDefinition(
            source: .bearer,
            summary: "any producer that sends a bearer token",
            scheme: .bearer,
            dropsRefusedDeliveries: true
        )
    )

    private static func model(_ definition: SourceDefinition) -> SourceModel {
        SourceModel(
            definition: definition,
            rules: GenericRules(source: definition.source),
            events: [],
            envelope: { eventType, data, values in
                let id = values.token("evt_", 24)
                return SampleDelivery(
                    eventType: eventType,
                    id: id,
                    body: """
                        {"type":\(JSONString.quoted(eventType)),"id":"\(id)",\
                        "timestamp":"\(values.timestamp())","data":\(data)}
                        """
                )
            }
        )
    }
}
