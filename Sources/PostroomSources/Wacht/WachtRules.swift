import FoundationEssentials
import PostroomCore

/// How Wacht's deliveries are identified: by `webhook-id`, which stays the same over retries and is new on a replay.
struct WachtRules: SourceRules {
    let source = Source.wacht

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        DeliveryIdentity(
            type: WachtEnvelope(lenient: body)?.type,
            key: headers.only(StandardWebhooksVerifier.idHeader),
            body: body
        )
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        WachtEnvelope.unreadableReason(of: body)
    }

    func details(of delivery: Delivery) -> EventDetails {
        guard let envelope = WachtEnvelope(lenient: delivery.body) else { return EventDetails() }
        let type = envelope.type ?? ""
        var occurredAt: Date?
        if type.hasPrefix("agent.thread.") {
            occurredAt = envelope.content?["data"]?.object?["timestamp"].flatMap(LenientDate.parse)
        }
        return EventDetails(
            occurredAt: occurredAt ?? envelope.content?["timestamp"].flatMap(LenientDate.parse) ?? envelope.sentAt,
            orderingKey: envelope.content.flatMap { Self.orderingKey(type, $0) },
            isRedelivery: envelope.isReplay
        )
    }

    private static func orderingKey(_ type: String, _ data: JSONObject) -> String? {
        if type.hasPrefix("agent."), let thread = data["thread_id"]?.identifier ?? data["context_id"]?.identifier {
            return IdentityText.orderingKey("thread", thread)
        }
        if type.hasPrefix("user.mfa."), let user = data["user_id"]?.identifier ?? data["entity_id"]?.identifier {
            return IdentityText.orderingKey("user", user)
        }
        guard let kind = data["entity_type"]?.string, !kind.isEmpty else { return nil }
        return IdentityText.orderingKey(kind, data["entity_id"]?.identifier)
    }
}
