import FoundationEssentials
public import PostroomCore

/// The rules that identify Wacht's deliveries: by `webhook-id`, which stays the same over retries and is new on a
/// replay.
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

extension Wacht {
    /// Returns a digest that two deliveries share if they tell of one change, though their idempotency keys differ.
    ///
    /// Wacht sends a change under several identities where it has several endpoints with one URL, where its own queue
    /// repeats itself, and at each replay, which wraps the body once more. A handler that must not act twice on these can
    /// remember fingerprints. Equal changes at different times have one fingerprint too, so this is no identity.
    ///
    /// - Parameter event: An event of Wacht.
    /// - Returns: A digest of the type and the innermost data, or `nil` where the event has neither.
    public static func fingerprint(of event: Event) -> String? {
        guard event.source == .wacht, let envelope = WachtEnvelope(lenient: event.body), let type = envelope.type else {
            return nil
        }
        let data: ArraySlice<UInt8>
        if let value = envelope.value {
            data = value.bytes
        } else {
            // A thread event as the documentation prints it: the whole body is the data, without a byte order mark.
            data = event.body[JSONLexer.textStart(event.body.span)...]
        }
        return IdentityText.digest(Array(type.utf8) + [0] + data)
    }
}
