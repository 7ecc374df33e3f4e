import PostroomCore

/// The rules that identify Anthropic's deliveries: by the body's `id`, which `webhook-id` repeats.
struct AnthropicRules: SourceRules {
    let source = Source.anthropic

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let envelope = AnthropicEnvelope(lenient: body)
        return DeliveryIdentity(
            type: envelope?.type,
            key: IdentityText.key(envelope?.id) ?? headers.only(StandardWebhooksVerifier.idHeader),
            body: body
        )
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        AnthropicEnvelope.unreadableReason(of: body)
    }

    func details(of delivery: Delivery) -> EventDetails {
        guard let envelope = AnthropicEnvelope(lenient: delivery.body) else { return EventDetails() }
        return EventDetails(
            occurredAt: envelope.createdAt,
            orderingKey: envelope.content.flatMap(Self.orderingKey),
            oddity: Self.oddity(envelope, delivery.headers)
        )
    }

    /// The body's `id` is signed as part of the body and is the key; a different `webhook-id` is worth a look.
    private static func oddity(_ envelope: AnthropicEnvelope, _ headers: Headers) -> String? {
        guard let id = envelope.id, let sent = headers.only(StandardWebhooksVerifier.idHeader), id != sent else {
            return nil
        }
        return "webhook-id is not the body's id, as it should be; the body's counts"
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
