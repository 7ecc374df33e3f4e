package import PostroomCore

/// A choice of dead letters: those that match every condition.
package struct DeadLetterFilter: Sendable {
    /// Their numbers.
    package var ids: [Int64]?
    /// Their handler.
    package var handler: HandlerName?
    /// The likeness of their errors, which with the handler names a group.
    package var fingerprint: String?
    /// Their event type, in the producer's spelling.
    package var eventType: String?
    /// The endpoint of their delivery.
    package var endpoint: EndpointName?
    /// The reason of their death.
    package var diedOf: DeathReason?
    /// The earliest time of death.
    package var since: Timestamp?
    /// The time of death before which they are meant.
    package var until: Timestamp?

    /// Makes a filter without a condition, which means all.
    package init() {}

    /// True if there is no condition.
    package var isEmpty: Bool {
        ids == nil && handler == nil && fingerprint == nil && eventType == nil && endpoint == nil && diedOf == nil
            && since == nil && until == nil
    }
}

/// The state of a kept delivery, as a filter names it.
package enum DeliveryState: String, Hashable, Sendable, CaseIterable {
    /// A delivery that waits in its batch, or is being handled there.
    case queued
    /// A delivery that some handler has yet to handle.
    case owed
    /// A delivery that some handler gave up.
    case dead
    /// A delivery that some handler has handled.
    case handled
    /// A delivery that no handler owes anything.
    case settled
    /// A delivery in any state whose body names no event type although its source promises one.
    case unreadable
    /// Enqueued for later, and no delivery yet.
    case scheduled
}

/// A choice of kept deliveries: those that match every condition.
package struct DeliveryFilter: Sendable {
    /// Their numbers.
    package var ids: [DeliveryID]?
    /// The sender's identity of them, which finds them at once.
    ///
    /// It narrows lists only, not replays and counts; so do source, handler and state.
    package var idempotencyKey: String?
    /// Their endpoint.
    package var endpoint: EndpointName?
    /// Their kind of producer.
    package var source: Source?
    /// Their event type, in the producer's spelling.
    package var eventType: String?
    /// The handler that has to do with them, and at which they are in the state.
    package var handler: HandlerName?
    /// The earliest time at which they were received.
    package var since: Timestamp?
    /// The time before which they were received.
    package var until: Timestamp?
    /// Their state, at any handler or at the one that is given.
    package var state: DeliveryState?

    /// Makes a filter without a condition, which means all.
    package init() {}

    /// True if there is no condition.
    package var isEmpty: Bool {
        ids == nil && idempotencyKey == nil && endpoint == nil && source == nil && eventType == nil && handler == nil
            && since == nil && until == nil && state == nil
    }
}
