import PostroomCore

/// The rules that identify deliveries of the template: by the body's `id`.
struct NyuchiRules: SourceRules {
    let source = Source.nyuchi

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let envelope = NyuchiEnvelope(lenient: body)
        return DeliveryIdentity(type: envelope?.type, key: envelope?.id, body: body)
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        NyuchiEnvelope.unreadableReason(of: body)
    }

    func details(of delivery: Delivery) -> EventDetails {
        guard let envelope = NyuchiEnvelope(lenient: delivery.body) else { return EventDetails() }
        return EventDetails(
            occurredAt: envelope.createdAt,
            orderingKey: Self.subject(envelope) ?? IdentityText.orderingKey("workspace", envelope.workspaceID)
        )
    }

    /// The object of an event: `user.created` is about the `user_id` of its data, `sync.failed` about a connector.
    private static func subject(_ envelope: NyuchiEnvelope) -> String? {
        guard let prefix = envelope.type?.split(separator: ".").first else { return nil }
        let kind = prefix == "sync" ? "connector" : String(prefix)
        return IdentityText.orderingKey(kind, envelope.content?["\(kind)_id"]?.identifier)
    }
}
