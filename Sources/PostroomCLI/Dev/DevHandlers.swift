import PostroomCore
import Synchronization

/// One attempt that the development setup shows.
struct DevAttempt: Hashable, Sendable {
    let handler: HandlerName
    let delivery: DeliveryID
    let endpoint: EndpointName
    let eventType: String?
    let attempt: Int
}

/// The handlers that `dev` adds: one shows every delivery, and where the program has none of its own, one fails in a way
/// that can be watched.
struct DevHandlers {
    /// Shows what arrives.
    static let show: HandlerName = "dev.show"
    /// Gives up each `sync.failed` at its first attempt, and handles it when it is replayed.
    static let pager: HandlerName = "dev.pager"

    /// The attempts that succeeded, as they happen.
    let handled: AsyncStream<DevAttempt>
    private let continuation: AsyncStream<DevAttempt>.Continuation

    init() {
        (handled, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// Registers them beside the program's own.
    func register(on handlers: inout HandlerRegistry) {
        let hasNone = handlers.handlers.isEmpty
        handlers.on(.everything, named: Self.show) { [continuation] event, context in
            continuation.yield(DevAttempt(event, context))
        }
        guard hasNone else { return }
        handlers.on(.events(from: .nyuchi, matching: "sync.failed"), named: Self.pager) {
            [continuation] event, context in
            guard context.attempt > 1 else {
                throw HandlerError.permanent("the demo's pager is broken; replay this letter and it works")
            }
            continuation.yield(DevAttempt(event, context))
        }
    }
}

extension DevAttempt {
    fileprivate init(_ event: Event, _ context: HandlerContext) {
        self.init(
            handler: context.handler,
            delivery: context.deliveryID,
            endpoint: event.delivery.endpoint,
            eventType: event.type,
            attempt: context.attempt
        )
    }
}
