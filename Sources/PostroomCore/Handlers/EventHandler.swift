/// A named plugin that handles the events to which it subscribes.
///
/// Conform a type to it where a closure in ``HandlerRegistry`` is too small, and hand it to
/// ``HandlerRegistry/register(_:)``.
public protocol EventHandler<Input>: Sendable {
    /// The input: a typed event, or ``Event`` for a pattern.
    associatedtype Input: Sendable

    /// The name under which the database knows the handler.
    var name: HandlerName { get }
    /// The names that it had before, whose jobs, dead letters and pause go on under ``name``; none unless said.
    var formerNames: [HandlerName] { get }
    /// The events that are handled.
    var subscription: Subscription<Input> { get }
    /// The retry policy, the timeout, the order and the limits of its attempts; the defaults are those of
    /// ``HandlerOptions/init(retry:timeout:isTransactional:limits:order:)``.
    var options: HandlerOptions { get }
    /// The key of an event by which ``HandlerLimits/perKey`` counts; `nil`, the default, for the event's ordering key.
    var limitKey: (@Sendable (Input) -> String?)? { get }
    /// Returns the key within which the handler's jobs follow each other; only an ordered handler is asked.
    ///
    /// The default is the event's ordering key by the rules of its source.
    ///
    /// - Returns: The key, or `nil` where the event has no order.
    func orderingKey(of input: Input, in event: Event) -> String?
    /// Handles one event. It may run more than once for a delivery, and must not rely on the order of deliveries.
    ///
    /// - Throws: ``HandlerError`` to choose the treatment; any other error is retried by the policy.
    func handle(_ event: Input, _ context: HandlerContext) async throws
}

extension EventHandler {
    /// No former names.
    public var formerNames: [HandlerName] {
        []
    }

    /// The default options.
    public var options: HandlerOptions {
        HandlerOptions()
    }

    /// The event's ordering key.
    public var limitKey: (@Sendable (Input) -> String?)? {
        nil
    }

    /// The event's ordering key by the rules of its source.
    public func orderingKey(of input: Input, in event: Event) -> String? {
        event.details.orderingKey
    }
}

/// The options of a handler's attempts.
public struct HandlerOptions: Hashable, Sendable {
    /// The policy for attempts that fail.
    public var retry: RetryPolicy
    /// The time after which an attempt is cancelled and counts as failed.
    public var timeout: Duration
    /// `true` where attempts end their job inside a transaction of their own, with their effect.
    public var isTransactional: Bool
    /// The limits of its attempts.
    public var limits: HandlerLimits
    /// The order of its jobs by key; `nil` for none.
    public var order: HandlerOrder?

    /// Sets the options; by default attempts are retried exponentially, may take 30 seconds, and have no limits.
    public init(
        retry: RetryPolicy = .exponential(),
        timeout: Duration = .seconds(30),
        isTransactional: Bool = false,
        limits: HandlerLimits = HandlerLimits(),
        order: HandlerOrder? = nil
    ) {
        self.retry = retry
        self.timeout = timeout
        self.isTransactional = isTransactional
        self.limits = limits
        self.order = order
    }

    /// `true` where the handler's jobs are rows of their own from the start, and none runs within its batch.
    package var runsSingly: Bool {
        isTransactional || limits.areShared || order != nil
    }
}

/// The subscription of a handler: patterns of events, and the way from an event to the handler's input.
public struct Subscription<Input: Sendable>: Sendable {
    /// The patterns, any of which must match.
    public let patterns: [EventPattern]
    /// The decoder that handlers of one type share; `nil` where the event itself is the input.
    let decoder: EventDecoder?
    let input: @Sendable (_ event: Event, _ decoded: (any Sendable)?) throws -> Input
}

extension Subscription where Input: WebhookEvent {
    /// Subscribes to the events of one type, at one endpoint or at all of them.
    ///
    /// - Parameters:
    ///   - type: The typed event.
    ///   - endpoint: The endpoint; `nil` for every endpoint of the type's source.
    /// - Returns: The subscription.
    public static func type(_ type: Input.Type = Input.self, at endpoint: EndpointName? = nil) -> Subscription<Input> {
        Subscription(
            patterns: type.eventTypes.map { EventPattern(source: type.source, at: endpoint, pattern: $0) },
            decoder: EventDecoder(type),
            input: { event, decoded in
                if let value = decoded as? Input {
                    return value
                }
                return try event.decode(as: type)
            }
        )
    }
}

extension Subscription where Input == Event {
    /// Subscribes to the events that match any of the patterns, undecoded.
    public static func matching(_ patterns: EventPattern...) -> Subscription<Event> {
        matching(patterns)
    }

    /// Subscribes to the events that match any of a list of patterns, undecoded.
    package static func matching(_ patterns: [EventPattern]) -> Subscription<Event> {
        Subscription(patterns: patterns, decoder: nil, input: { event, _ in event })
    }
}

/// The decoder of events into one type.
///
/// Handlers of the same type share what it made, so that a delivery is decoded once.
package struct EventDecoder: Sendable {
    /// The type that is decoded.
    package let type: any WebhookEvent.Type

    /// Decodes into that type.
    package init(_ type: any WebhookEvent.Type) {
        self.type = type
    }

    /// The identity of the type, by which decoded values are shared.
    package var identity: ObjectIdentifier {
        ObjectIdentifier(type)
    }

    /// Decodes an event.
    ///
    /// - Throws: ``UndecodableEvent``.
    package func decode(_ event: Event) throws -> any WebhookEvent {
        try type.init(decoding: event)
    }
}
