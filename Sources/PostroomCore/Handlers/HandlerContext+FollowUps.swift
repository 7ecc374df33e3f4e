#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension HandlerContext {
    /// Enqueues an event of the program's own, which becomes a delivery once this attempt has succeeded.
    ///
    /// It is committed together with the settlement of this job: an attempt that fails, or that lost its claim, enqueues
    /// nothing, and another attempt enqueues nothing twice. The default key is made from this delivery, this handler and
    /// the place among the events that the attempt enqueues, so that a replay adds nothing either.
    ///
    /// - Parameters:
    ///   - event: The event. Its type must decode what it encodes: a type that is `Codable` does.
    ///   - type: The event type, where the event's type spans several.
    ///   - delay: The time from the settlement until it becomes a delivery; at most ``RetryPolicy/longestDelay``.
    ///   - key: The idempotency key, unique for the endpoint; with it the event can be cancelled until it is due.
    ///   - endpoint: The endpoint whose deliveries it joins.
    /// - Throws: ``EnqueueProblem`` where it can't be stored, or more than 256 are enqueued; the event's own error of
    ///   encoding.
    public func enqueue(
        _ event: some WebhookEvent & Encodable,
        type: String? = nil,
        after delay: Duration = .zero,
        key: String? = nil,
        to endpoint: EndpointName = .internal
    ) throws {
        let delay = RetryPolicy.bounded(delay)
        try enqueue(event, type, due: delay == .zero ? .now : .after(delay), key, endpoint)
    }

    /// Enqueues an event of the program's own for a moment.
    ///
    /// - Parameters:
    ///   - event: The event. Its type must decode what it encodes: a type that is `Codable` does.
    ///   - type: The event type, where the event's type spans several.
    ///   - moment: The moment at which it becomes a delivery; one in the past is the settlement's.
    ///   - key: The idempotency key, unique for the endpoint; with it the event can be cancelled until it is due.
    ///   - endpoint: The endpoint whose deliveries it joins.
    /// - Throws: See ``enqueue(_:type:after:key:to:)``.
    public func enqueue(
        _ event: some WebhookEvent & Encodable,
        type: String? = nil,
        at moment: Date,
        key: String? = nil,
        to endpoint: EndpointName = .internal
    ) throws {
        try enqueue(event, type, due: .at(moment), key, endpoint)
    }

    private func enqueue(
        _ event: some WebhookEvent & Encodable,
        _ type: String?,
        due: EnqueuedEvent.Due,
        _ key: String?,
        _ endpoint: EndpointName
    ) throws {
        let origin = [(name: "postroom-origin", value: "\(deliveryID) \(handler)")]
        let event = try EnqueuedEvent(event, type: type, due: due, key: key, endpoint: endpoint, headers: origin)
        try ticket.with { asked in
            guard asked.enqueued < Self.mostFollowUps else {
                throw EnqueueProblem("an attempt enqueues at most \(Self.mostFollowUps) events")
            }
            asked.enqueued += 1
            asked.remains.followUps.append(event.keyed(by: "\(idempotencyKey)/\(asked.enqueued)"))
        }
    }

    private static let mostFollowUps = 256
}
