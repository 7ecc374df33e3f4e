import PostroomCore

/// How Anthropic's deliveries are identified: by the body's `id`, which `webhook-id` repeats.
struct AnthropicRules: SourceRules {
    let source = Source.anthropic

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let envelope = AnthropicEnvelope(lenient: body)
        return DeliveryIdentity(
            type: envelope?.content?["type"]?.string,
            key: IdentityText.key(envelope?.id) ?? headers.only(StandardWebhooksVerifier.idHeader),
            body: body
        )
    }

    func details(of delivery: Delivery) -> EventDetails {
        guard let envelope = AnthropicEnvelope(lenient: delivery.body) else { return EventDetails() }
        return EventDetails(
            occurredAt: envelope.createdAt,
            orderingKey: envelope.content.flatMap(Self.orderingKey)
        )
    }

    /// A credential's events concern its vault, and a thread's its session.
    private static func orderingKey(_ data: JSONObject) -> String? {
        guard let type = data["type"]?.string, let kind = type.split(separator: ".").first else { return nil }
        if kind == "vault_credential" {
            return IdentityText.orderingKey("vault", data["vault_id"]?.string)
        }
        return IdentityText.orderingKey(String(kind), data["id"]?.string)
    }
}
