public import PostroomCore

/// How deliveries of a generic source are identified, by the options of their endpoint.
public struct GenericRules: SourceRules {
    /// The source.
    public let source: Source
    private let eventTypeHeader: String?
    private let eventTypeField: String
    private let keyHeader: String?
    private let keyField: String?

    /// Sets the rules.
    ///
    /// Headers count before fields. A field is a member of the body's outer object.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - eventTypeHeader: The header that names the event type, or `nil` for none.
    ///   - eventTypeField: The field that names the event type, or `nil` for `type`.
    ///   - keyHeader: The header that carries the idempotency key, or `nil` for none; for Standard Webhooks it is
    ///     `webhook-id` where neither header nor field is given.
    ///   - keyField: The field that carries the idempotency key, or `nil` for none. Where no key is found, the digest of
    ///     the body is the key.
    public init(
        source: Source,
        eventTypeHeader: String? = nil,
        eventTypeField: String? = nil,
        keyHeader: String? = nil,
        keyField: String? = nil
    ) {
        self.source = source
        self.eventTypeHeader = eventTypeHeader
        self.eventTypeField = eventTypeField ?? "type"
        let ownHeader = source == .standardWebhooks && keyField == nil ? StandardWebhooksVerifier.idHeader : nil
        self.keyHeader = keyHeader ?? ownHeader
        self.keyField = keyField
    }

    /// Finds the event type and the idempotency key where the options say.
    public func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let typeInHeader = IdentityText.eventType(eventTypeHeader.flatMap(headers.only))
        let keyInHeader = IdentityText.key(keyHeader.flatMap(headers.only))
        var object: JSONObject?
        if typeInHeader == nil || (keyInHeader == nil && keyField != nil) {
            object = try? JSONObject(checking: body)
        }
        return DeliveryIdentity(
            type: typeInHeader ?? object?[eventTypeField]?.string,
            key: keyInHeader ?? keyField.flatMap { object?[$0]?.identifier },
            body: body
        )
    }

    /// Says why there is no event type, neither in the header nor in the field.
    public func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        guard IdentityText.eventType(eventTypeHeader.flatMap(headers.only)) == nil else { return nil }
        let object: JSONObject
        do throws(JSONFault) {
            object = try JSONObject(checking: body)
        } catch {
            return UnreadableReason(error)
        }
        return UnreadableReason(ofType: object[eventTypeField]?.string, in: object, at: [[eventTypeField]])
    }

    /// Reads the field `timestamp`, which the Standard Webhooks specification recommends.
    public func details(of delivery: Delivery) -> EventDetails {
        let object = try? JSONObject(checking: delivery.body)
        return EventDetails(occurredAt: object?["timestamp"].flatMap(LenientDate.parse))
    }
}

/// The rules of deliveries that were stored with their type and key.
struct StoredRules: SourceRules {
    let source = Source.sql

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        DeliveryIdentity(type: nil, key: nil, body: body)
    }

    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        nil
    }

    func details(of delivery: Delivery) -> EventDetails {
        EventDetails()
    }
}
