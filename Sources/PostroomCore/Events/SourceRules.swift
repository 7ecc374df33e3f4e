/// The rules by which a source's deliveries are identified and described.
///
/// Verification is apart, because it needs an endpoint's secrets.
public protocol SourceRules: Sendable {
    /// The source.
    var source: Source { get }

    /// Finds the event type and the idempotency key of an authentic delivery.
    ///
    /// It never fails: a body that can't be read has no event type, and its key is derived from its bytes.
    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity

    /// Reads what the envelope says beside type and key. It never fails: what can't be read is absent.
    func details(of delivery: Delivery) -> EventDetails

    /// Finds the reason why ``identify(headers:body:)`` finds no event type in a delivery.
    ///
    /// It reads the body once more, so ask where there is no type, and not on every delivery.
    ///
    /// - Returns: The reason, or `nil` where there is a type, and for sources whose type does not come from the delivery.
    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason?
}

extension SourceRules {
    /// Returns ``UnreadableReason/Kind/noEventType`` for every delivery without an event type.
    public func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        identify(headers: headers, body: body).eventType == nil ? UnreadableReason(.noEventType) : nil
    }
}

/// The identity of a delivery, by its source's rules.
public struct DeliveryIdentity: Hashable, Sendable {
    /// The event type in the producer's spelling, or `nil` where the body names none.
    public var eventType: String?
    /// The sender's identity of the delivery, never empty, without U+0000, and at most 512 bytes long.
    public var idempotencyKey: String
    /// `true` where deliveries with the same key promise to have the same body.
    ///
    /// A key that names an event, of which several messages tell, promises no such thing.
    public var namesBody: Bool

    /// Names an identity.
    public init(eventType: String?, idempotencyKey: String, namesBody: Bool = true) {
        self.eventType = eventType
        self.idempotencyKey = idempotencyKey
        self.namesBody = namesBody
    }
}
