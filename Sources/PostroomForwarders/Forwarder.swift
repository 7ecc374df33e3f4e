package import PostroomCore
package import PostroomSources

/// A handler without code: it sends events on to a place that is configured.
package struct Forwarder: EventHandler {
    package let name: HandlerName
    package let subscription: Subscription<Event>
    package let options: HandlerOptions
    package let limitKey: (@Sendable (Event) -> String?)?
    private let orderKey: ValueLocation?
    private let target: any ForwardTarget

    /// Describes a forwarder.
    ///
    /// - Parameters:
    ///   - name: The name under which the database knows it.
    ///   - events: The patterns, any of which must match.
    ///   - options: The options of its attempts.
    ///   - orderKey: The place of the key of its order; `nil` for the event's ordering key.
    ///   - limitKey: The place of the key by which its limits count; `nil` for the event's ordering key.
    ///   - target: The place that events are sent on to.
    package init(
        name: HandlerName,
        events: [EventPattern],
        options: HandlerOptions,
        orderKey: ValueLocation? = nil,
        limitKey: ValueLocation? = nil,
        target: any ForwardTarget
    ) {
        self.name = name
        self.subscription = .matching(events)
        self.options = options
        self.orderKey = orderKey
        self.limitKey =
            if let limitKey {
                { event in limitKey.identity(in: event.delivery) }
            } else {
                nil
            }
        self.target = target
    }

    /// Reads the key of the order where it stands, or returns the event's ordering key.
    package func orderingKey(of input: Event, in event: Event) -> String? {
        guard let orderKey else { return event.details.orderingKey }
        return orderKey.identity(in: event.delivery)
    }

    /// The kind of its target.
    package var kind: HandlerKind { target.kind }

    /// Sends an event on.
    ///
    /// - Throws: ``ForwardFailure``, or the target's cancellation.
    package func handle(_ event: Event, _ context: HandlerContext) async throws {
        try await target.forward(context)
    }
}

/// A place that events are sent on to.
package protocol ForwardTarget: Sendable {
    /// The kind of handler that a forwarder to it is.
    var kind: HandlerKind { get }

    /// Sends the event of an attempt on, and returns once it was taken.
    ///
    /// - Throws: ``ForwardFailure`` where it was not taken.
    func forward(_ context: HandlerContext) async throws
}

/// The failure of a forwarder's attempt.
package struct ForwardFailure: TreatedFailure, Hashable {
    /// The failure in words that can be logged.
    package let description: String
    /// The treatment; `nil` where the policy decides.
    package let treatment: HandlerError?
    /// The beginning of what the other side said, escaped, or `nil`.
    package var evidence: String?

    /// Describes a failure.
    package init(_ description: String, _ treatment: HandlerError? = nil, evidence: String? = nil) {
        self.description = description
        self.treatment = treatment
        self.evidence = evidence
    }

    /// A failure that no other attempt can mend.
    package static func permanent(_ description: String) -> ForwardFailure {
        ForwardFailure(description, .permanent(description))
    }
}

/// The beginning of what a stranger said, as it is kept with an attempt.
enum Evidence {
    /// The most bytes that are kept.
    static let longest = 1024

    /// Makes a text of the beginning; `nil` where nothing was said.
    static func of(_ bytes: some Collection<UInt8>) -> String? {
        guard !bytes.isEmpty else { return nil }
        let isCut = bytes.count > longest
        return EscapedText.of(bytes: bytes.prefix(longest)) + (isCut ? "…" : "")
    }
}

/// The facts about an attempt that every target is told, in a form that a header field or a variable can carry.
struct ForwardedFacts {
    /// The facts and their names in words: `event type`, `attempt`.
    let all: [(name: String, value: String)]
    /// The identity of the job, the same on every attempt.
    let idempotencyKey: String
    /// The content type that the body came with, or `nil`.
    let contentType: String?
    /// The fields of a trace, as they came.
    let trace: [(name: String, value: String)]

    /// Collects the facts.
    init(_ context: HandlerContext) {
        let delivery = context.delivery
        var facts = [
            ("delivery id", context.deliveryID.description), ("attempt", String(context.attempt)),
            ("handler", context.handler.rawValue), ("endpoint", delivery.endpoint.rawValue),
            ("source", delivery.source.rawValue),
        ]
        if let type = delivery.eventType {
            facts.append(("event type", type))
        }
        facts.append(("sender key", delivery.idempotencyKey))
        self.all = facts.map { (name: $0.0, value: Self.visible($0.1)) }
        self.idempotencyKey = Self.visible(context.idempotencyKey)
        self.contentType = delivery.headers.only("content-type").map(Self.singleLine)
        let parent = delivery.headers.only("traceparent").map(Self.visible)
        let state = delivery.headers.only("tracestate").map(Self.singleLine)
        // A state without a parent means nothing (https://www.w3.org/TR/trace-context/#tracestate-header).
        self.trace = parent.map { [("traceparent", $0)] + (state.map { [("tracestate", $0)] } ?? []) } ?? []
    }

    /// A text of visible ASCII: every other byte, blanks and `%` included, becomes `%` and two digits.
    static func visible(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }
        guard !isPlain else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: Hexadecimal.encode([byte]).uppercased().utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text in which blanks stand for control characters and everything beyond ASCII, so that a field can carry it.
    private static func singleLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 || $0 >= 0x7F ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
