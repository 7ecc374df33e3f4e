import NIOCore
import PostroomCore

/// Requests that are committed together.
struct Commit: Sendable {
    /// Its number in this receiver.
    let number: Int
    let deliveries: [IncomingDelivery]
    /// What the budget gave for their bodies.
    let charged: Int
}

/// A verified request that waits to be committed.
struct WaitingRequest<Waiter: Sendable>: Sendable {
    let delivery: IncomingDelivery
    /// What the budget gave for its body.
    let charged: Int
    /// When it was verified.
    let since: NIODeadline
    /// Who is told what became of it.
    let waiter: Waiter
}
