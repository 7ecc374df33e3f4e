#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The event of a delivery, before any type is put on its data.
///
/// Handlers that subscribe to a pattern receive it; handlers of a type receive that type, made from it.
public struct Event: Sendable {
    /// One object that all copies share: an event is copied for each attempt, and a delivery has many parts to count.
    @usableFromInline
    final class Parts: Sendable {
        @usableFromInline let delivery: Delivery
        let origin: Origin

        init(delivery: Delivery, origin: Origin) {
            self.delivery = delivery
            self.origin = origin
        }
    }

    /// The origin of the details.
    enum Origin: Sendable {
        case known(EventDetails)
        case body(any SourceRules)
    }

    @usableFromInline let parts: Parts

    /// Puts an event together whose details are known.
    public init(delivery: Delivery, details: EventDetails) {
        self.parts = Parts(delivery: delivery, origin: .known(details))
    }

    /// Puts an event together whose details are read when somebody asks for them.
    public init(delivery: Delivery, rules: any SourceRules) {
        self.parts = Parts(delivery: delivery, origin: .body(rules))
    }

    /// The delivery that carries the event.
    @inlinable public var delivery: Delivery {
        parts.delivery
    }

    /// The details that the source's rules read from the envelope.
    ///
    /// The body is read each time this is asked for, and not before: most handlers never ask.
    public var details: EventDetails {
        switch parts.origin {
        case .known(let details): details
        case .body(let rules): rules.details(of: delivery)
        }
    }

    /// The kind of producer.
    public var source: Source {
        delivery.source
    }

    /// The event type in the producer's spelling, or `nil` where the body names none.
    public var type: String? {
        delivery.eventType
    }

    /// The sender's identity of the delivery.
    public var idempotencyKey: String {
        delivery.idempotencyKey
    }

    /// The raw body.
    public var body: [UInt8] {
        delivery.body
    }

    /// Decodes the event as one of the typed events.
    ///
    /// - Throws: ``UndecodableEvent`` where the body does not fit the type.
    public func decode<Value: WebhookEvent>(as type: Value.Type = Value.self) throws -> Value {
        try Value(decoding: self)
    }
}

/// The details that a source's rules read from a delivery beside its type and key.
public struct EventDetails: Sendable {
    /// The time of the event by the producer's clock, or `nil` where the body has none.
    public var occurredAt: Date?
    /// The producer's object that the event is about, in the form `<kind>:<id>`, or `nil` where it names none.
    ///
    /// Events with equal ordering keys concern one object; no source promises to deliver them in order.
    public var orderingKey: String?
    /// `true` where the sender says, or the body shows, that it was sent before under another idempotency key.
    public var isRedelivery: Bool
    /// The point in which an authentic delivery is not as its producer promises, in words for people, or `nil`.
    ///
    /// It changes nothing in how the delivery is treated, and quotes nothing of it.
    public var oddity: String?

    /// Collects the details.
    public init(
        occurredAt: Date? = nil,
        orderingKey: String? = nil,
        isRedelivery: Bool = false,
        oddity: String? = nil
    ) {
        self.occurredAt = occurredAt
        self.orderingKey = orderingKey
        self.isRedelivery = isRedelivery
        self.oddity = oddity
    }
}

/// A typed event of one source.
public protocol WebhookEvent: Sendable {
    /// The source that sends it.
    static var source: Source { get }
    /// The event types, in the producer's spelling, that decode into it.
    ///
    /// In a type that takes any event of its source, `*` stands for any run of characters, as in ``EventPattern``.
    static var eventTypes: [String] { get }
    /// The places of the body that did not fit and were left out, where the type notes them; none by default.
    var oddities: [EventOddity] { get }
    /// Decodes the event.
    ///
    /// - Throws: ``UndecodableEvent`` where the body does not fit.
    init(decoding event: Event) throws
}

extension WebhookEvent {
    /// None.
    public var oddities: [EventOddity] {
        []
    }
}

/// A body that does not fit the type it should decode into.
///
/// A retry can't mend it: the job becomes a dead letter with the reason `undecodable`, and a replay decodes the raw
/// bytes again.
public struct UndecodableEvent: Error, Hashable, CustomStringConvertible {
    /// The JSON path of the misfit, for example `data.user.id`; empty for the body as a whole.
    public let path: String
    /// The expectation at that place.
    ///
    /// It names types and fields, never values of the body.
    public let expectation: String

    /// Names a misfit.
    public init(path: String, expectation: String) {
        self.path = path
        self.expectation = expectation
    }

    /// The path and the expectation in one line.
    public var description: String {
        path.isEmpty ? expectation : "\(path): \(expectation)"
    }
}
