import Logging
import PostroomCore

@testable import PostroomForwarders

/// An attempt as a worker hands it to a forwarder.
func attempt(
    _ body: String = #"{"type":"invoice.paid"}"#,
    type: String? = "invoice.paid",
    headers: [(name: String, value: String)] = [(name: "Content-Type", value: "application/json; charset=utf-8")],
    number: Int = 1,
    key: String = "evt_1"
) -> HandlerContext {
    let delivery = Delivery(
        id: DeliveryID(rawValue: 4711),
        endpoint: "billing",
        source: "stripe",
        eventType: type,
        idempotencyKey: key,
        receivedAt: Timestamp(rawValue: 0),
        headers: Headers(headers),
        body: Array(body.utf8)
    )
    return HandlerContext(
        handler: "billing-app",
        attempt: number,
        event: Event(delivery: delivery, details: EventDetails()),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
}

/// The failure of an attempt; `nil` where it was handled.
func failed(of target: some ForwardTarget, _ context: HandlerContext = attempt()) async throws -> ForwardFailure? {
    do {
        try await target.forward(context)
        return nil
    } catch let failure as ForwardFailure {
        return failure
    }
}
