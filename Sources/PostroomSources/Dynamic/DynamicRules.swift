import PostroomCore

/// The rules that identify Dynamic's deliveries: by environment and `eventId`, or by `messageId` where there is none.
///
/// An event keeps its `eventId` over attempts and redeliveries, and where two webhooks of an environment post to one
/// endpoint, which is two messages. So handlers run once for an event, however many messages tell of it.
struct DynamicRules: SourceRules {
    let source = Source.dynamic

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let envelope = DynamicEnvelope(lenient: body)
        return DeliveryIdentity(
            type: envelope?.type,
            key: envelope.flatMap(Self.eventKey) ?? envelope?.messageID,
            body: body,
            namesBody: false
        )
    }

    private static func eventKey(_ envelope: DynamicEnvelope) -> String? {
        guard let event = IdentityText.key(envelope.eventID) else { return nil }
        return IdentityText.key(envelope.environmentID).map { "\($0):\(event)" } ?? event
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        DynamicEnvelope.unreadableReason(of: body)
    }

    func details(of delivery: Delivery) -> EventDetails {
        guard let envelope = DynamicEnvelope(lenient: delivery.body) else { return EventDetails() }
        return EventDetails(
            occurredAt: envelope.occurredAt,
            orderingKey: Self.subject(envelope)
                ?? IdentityText.orderingKey("environment", envelope.environmentID),
            isRedelivery: envelope.isRedelivery
        )
    }

    /// The object of an event, from its data.
    ///
    /// The envelope's `userId` is who caused it, and no part of this.
    private static func subject(_ envelope: DynamicEnvelope) -> String? {
        guard let type = envelope.type, let data = envelope.content else { return nil }
        switch type.split(separator: ".").first {
        case "user":
            // An event of a part of the user, such as `user.session.created` or `user.social.linked`, names the user in
            // `userId`, as the documentation says of subresources; its `id` is the session's or the provider's.
            let isWhole = type.split(separator: ".").count == 2
            return IdentityText.orderingKey("user", data["userId"]?.string ?? (isWhole ? data["id"]?.string : nil))
        case "wallet":
            let id = data["id"]?.string ?? data["walletId"]?.string ?? account(data)
            return IdentityText.orderingKey("wallet", id)
        case "waas":
            return IdentityText.orderingKey("wallet", data["walletId"]?.string ?? signer(data))
        case "flow":
            return IdentityText.orderingKey("flow", data["flowId"]?.string)
        case "businessAccount":
            let id = data["businessAccountId"]?.string ?? data["accountId"]?.string ?? data["id"]?.string
            return IdentityText.orderingKey("businessAccount", id)
        default:
            return nil
        }
    }

    /// A wallet without an identity: its kind of chain and its address, in the one form that all spellings share.
    private static func account(_ data: JSONObject) -> String? {
        guard
            let address = data["publicKey"]?.string ?? data["address"]?.string ?? data["walletAddress"]?.string
        else { return nil }
        return account(Dynamic.Chain(rawValue: data["chain"]?.string ?? data["chainName"]?.string ?? ""), address)
    }

    /// The wallet that was to sign: what it was to sign tells its kind of chain.
    private static func signer(_ data: JSONObject) -> String? {
        guard let address = data["publicKey"]?.string else { return nil }
        let operation = Dynamic.WalletOperation(rawValue: data["operationType"]?.string ?? "")
        return account(operation.chain ?? Dynamic.Chain(rawValue: ""), address)
    }

    private static func account(_ chain: Dynamic.Chain, _ address: String) -> String {
        "\(chain.family):\(chain.comparable(address))"
    }
}
