/// A named plugin that handles the events it subscribes to.
///
/// Conform a type to it where a closure in ``HandlerRegistry`` is too small, and hand it to
/// ``HandlerRegistry/register(_:)``.
public protocol EventHandler<Input>: Sendable {
    /// What is handled: a typed event, or ``Event`` for a pattern.
    associatedtype Input: Sendable

    /// The name under which the database knows the handler.
    var name: HandlerName { get }
    /// Which events are handled.
    var subscription: Subscription<Input> { get }
    /// When a failed attempt is tried again, and when it may run. The default is ``HandlerOptions/init(retry:timeout:)``.
    var options: HandlerOptions { get }
    /// Handles one event. It may run more than once for a delivery, and must not rely on the order of deliveries.
    ///
    /// - Throws: ``HandlerError`` to choose the treatment; any other error is retried by the policy.
    func handle(_ event: Input, _ context: HandlerContext) async throws
}

extension EventHandler {
    /// The defaults.
    public var options: HandlerOptions {
        HandlerOptions()
    }
}

/// How a handler's attempts are made.
public struct HandlerOptions: Hashable, Sendable {
    /// When a failed attempt is tried again, and when no longer.
    public var retry: RetryPolicy
    /// How long one attempt may take before it is cancelled and counts as failed.
    public var timeout: Duration

    /// Sets the options; attempts are retried exponentially and may take 30 seconds unless said.
    public init(retry: RetryPolicy = .exponential(), timeout: Duration = .seconds(30)) {
        self.retry = retry
        self.timeout = timeout
    }
}

/// What a handler subscribes to, and how an event becomes its input.
public struct Subscription<Input: Sendable>: Sendable {
    /// The patterns, any of which must match.
    public let patterns: [EventPattern]
    /// What is decoded, for handlers that share it; `nil` where the event itself is the input.
    let decoder: EventDecoder?
    let input: @Sendable (_ event: Event, _ decoded: (any Sendable)?) throws -> Input
}

extension Subscription where Input: WebhookEvent {
    /// The events of one type.
    public static func type(_ type: Input.Type = Input.self) -> Subscription<Input> {
        Subscription(
            patterns: type.eventTypes.map { EventPattern(source: type.source, pattern: $0) },
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
    /// The events that match any of the patterns, undecoded.
    public static func matching(_ patterns: EventPattern...) -> Subscription<Event> {
        Subscription(patterns: patterns, decoder: nil, input: { event, _ in event })
    }
}

/// Decodes events into one type.
///
/// Handlers of the same type share what it made, so that a delivery is decoded once.
public struct EventDecoder: Sendable {
    /// The type that is decoded.
    public let type: any WebhookEvent.Type

    /// Decodes into that type.
    public init(_ type: any WebhookEvent.Type) {
        self.type = type
    }

    /// The identity of the type, by which decoded values are shared.
    public var identity: ObjectIdentifier {
        ObjectIdentifier(type)
    }

    /// Decodes an event.
    ///
    /// - Throws: ``UndecodableEvent``.
    public func decode(_ event: Event) throws -> any WebhookEvent {
        try type.init(decoding: event)
    }
}
