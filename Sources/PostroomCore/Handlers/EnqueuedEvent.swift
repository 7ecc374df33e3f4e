#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An event of the program's own, on its way into the inbox: it is stored as a delivery, at once or when it is due.
public struct EnqueuedEvent: Hashable, Sendable {
    /// The time at which an event becomes a delivery.
    public enum Due: Hashable, Sendable {
        /// With the commit that enqueues it.
        case now
        /// A time after the commit, by the database's clock; at most ``RetryPolicy/longestDelay``.
        case after(Duration)
        /// At a moment, at most ten years ahead; one in the past is now.
        case at(Date)
    }

    /// The endpoint whose deliveries it joins; its name need not be configured.
    public let endpoint: EndpointName
    /// The source, by which handlers subscribe.
    public let source: Source
    /// The event type.
    public let eventType: String
    /// The idempotency key, unique for the endpoint; `nil` where the inbox makes one up.
    public let idempotencyKey: String?
    /// The header fields of the delivery.
    public let headers: Headers
    /// The event as JSON.
    public let body: [UInt8]
    /// The time at which it becomes a delivery.
    public let due: Due

    /// The most bytes that an enqueued event may have: 1 MiB.
    public static let longestBody = 1_048_576
    /// The most bytes of a key and of an event type.
    private static let longestKey = 512

    /// Encodes an event.
    ///
    /// - Parameters:
    ///   - event: The event. Its type must decode what it encodes: a type that is `Codable` does.
    ///   - type: The event type, where the event's type spans several; by default its only one.
    ///   - due: The time at which it becomes a delivery.
    ///   - key: The idempotency key, 1 to 512 bytes; where the inbox knows it already, nothing is enqueued.
    ///   - endpoint: The endpoint whose deliveries it joins.
    ///   - headers: The header fields beside the content type.
    /// - Throws: ``EnqueueProblem`` where it can't be stored, or the event's own error of encoding.
    public init<Value: WebhookEvent & Encodable>(
        _ event: Value,
        type: String? = nil,
        due: Due = .now,
        key: String? = nil,
        endpoint: EndpointName = .internal,
        headers: [(name: String, value: String)] = []
    ) throws {
        self.endpoint = endpoint
        self.source = Value.source
        self.eventType = try Self.eventType(type, of: Value.self)
        self.idempotencyKey = key
        self.headers = Headers([(name: "content-type", value: "application/json")] + headers)
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.body = Array(try encoder.encode(event))
        if case .at(let moment) = due {
            self.due = .at(min(moment, Date.now.addingTimeInterval(Self.farthest)))
        } else {
            self.due = due
        }
        try check()
    }

    private static let farthest = Double(RetryPolicy.longestDelay.components.seconds)

    private init(_ event: EnqueuedEvent, key: String) {
        self.endpoint = event.endpoint
        self.source = event.source
        self.eventType = event.eventType
        self.idempotencyKey = key
        self.headers = event.headers
        self.body = event.body
        self.due = event.due
    }

    /// Returns the event with a key, where it has none of its own.
    package func keyed(by key: @autoclosure () -> String) -> EnqueuedEvent {
        idempotencyKey == nil ? EnqueuedEvent(self, key: key()) : self
    }

    private static func eventType<Value: WebhookEvent>(_ chosen: String?, of type: Value.Type) throws -> String {
        guard let chosen else {
            guard type.eventTypes.count == 1, let only = type.eventTypes.first, !only.utf8.contains(UInt8(ascii: "*"))
            else {
                throw EnqueueProblem("\(type) spans several event types; say which with `type:`")
            }
            return only
        }
        let isKnown = type.eventTypes.contains {
            EventPattern(source: nil, pattern: $0).matches(source: type.source, endpoint: .internal, eventType: chosen)
        }
        guard isKnown else {
            throw EnqueueProblem("\(type) has no event type '\(EscapedText.of(chosen))'; it has \(type.eventTypes)")
        }
        return chosen
    }

    private func check() throws {
        guard source != .unverified, !source.rawValue.isEmpty else {
            throw EnqueueProblem("no handler receives the source '\(source)'; give the event's type a name of your own")
        }
        guard (1...64).contains(endpoint.rawValue.count), !endpoint.rawValue.utf8.contains(0) else {
            throw EnqueueProblem("an endpoint's name has 1 to 64 characters, this one \(endpoint.rawValue.count)")
        }
        guard body.count <= Self.longestBody else {
            throw EnqueueProblem("the event has \(body.count) bytes, and at most \(Self.longestBody) can be enqueued")
        }
        for (what, text) in [("an event type", eventType), ("an idempotency key", idempotencyKey ?? "-")] {
            guard (1...Self.longestKey).contains(text.utf8.count), !text.utf8.contains(0) else {
                throw EnqueueProblem(
                    "\(what) has 1 to \(Self.longestKey) bytes and no U+0000, this one \(text.utf8.count) bytes"
                )
            }
        }
    }
}

/// A reason for which an event can't be enqueued.
public struct EnqueueProblem: Error, Hashable, CustomStringConvertible {
    /// The fault, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension EndpointName {
    /// The endpoint of events that a program enqueues itself, unless it names another.
    public static let `internal`: EndpointName = "internal"
}
