public import PostroomCore

/// Which dead letters are meant: those that match everything that is said.
public struct DeadLetterFilter: Sendable {
    /// Their numbers.
    public var ids: [Int64]?
    /// Their handler.
    public var handler: HandlerName?
    /// Their event type, in the producer's spelling.
    public var eventType: String?
    /// The endpoint of their delivery.
    public var endpoint: EndpointName?
    /// Why they died.
    public var reason: DeathReason?
    /// The earliest time of death.
    public var since: Timestamp?
    /// The time of death before which they are meant.
    public var until: Timestamp?

    /// Says nothing, which means all.
    public init() {}

    /// Whether nothing is said.
    public var isEmpty: Bool {
        ids == nil && handler == nil && eventType == nil && endpoint == nil && reason == nil && since == nil
            && until == nil
    }
}

/// Where a kept delivery stands, as a filter names it.
public enum DeliveryState: String, Hashable, Sendable, CaseIterable {
    /// It waits in its batch, or is being handled there.
    case queued
    /// Some handler has yet to handle it.
    case owed
    /// Some handler gave it up.
    case dead
    /// Nobody owes it anything.
    case settled
    /// Its body names no event type though its source promises one, wherever it stands otherwise.
    case unreadable
}

/// Which kept deliveries are meant: those that match everything that is said.
public struct DeliveryFilter: Sendable {
    /// Their numbers.
    public var ids: [DeliveryID]?
    /// Their endpoint.
    public var endpoint: EndpointName?
    /// Their event type, in the producer's spelling.
    public var eventType: String?
    /// The earliest time at which they were received.
    public var since: Timestamp?
    /// The time before which they were received.
    public var until: Timestamp?
    /// Where they stand.
    ///
    /// It narrows lists only, not replays and counts.
    public var state: DeliveryState?

    /// Says nothing, which means all.
    public init() {}

    /// Whether nothing is said.
    public var isEmpty: Bool {
        ids == nil && endpoint == nil && eventType == nil && since == nil && until == nil && state == nil
    }
}
