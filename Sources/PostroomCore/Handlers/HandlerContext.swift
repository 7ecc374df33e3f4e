public import Logging

/// The context of an attempt, as its handler sees it.
public struct HandlerContext: Sendable {
    /// The handler's own name.
    public let handler: HandlerName
    /// The number of this attempt, from 1.
    ///
    /// It goes on counting after a replay.
    public let attempt: Int
    /// The event, with its delivery.
    public let event: Event
    private let baseLogger: Logger

    /// Describes an attempt.
    ///
    /// - Parameters:
    ///   - handler: The handler's own name.
    ///   - attempt: The number of the attempt, from 1.
    ///   - event: The event, with its delivery.
    ///   - logger: The logger that ``logger`` is made from.
    public init(handler: HandlerName, attempt: Int, event: Event, logger: Logger) {
        self.handler = handler
        self.attempt = attempt
        self.event = event
        self.baseLogger = logger
    }

    /// A logger that carries the delivery, the handler and the attempt as metadata.
    ///
    /// It is made when it is asked for: most attempts log nothing.
    public var logger: Logger {
        AttemptLogHandler.logger(baseLogger, handler, event.delivery.id, attempt)
    }

    /// The delivery that carries the event.
    public var delivery: Delivery {
        event.delivery
    }

    /// The sender's identity of the delivery: the same on every attempt, after every replay and for every handler.
    public var idempotencyKey: String {
        event.delivery.idempotencyKey
    }

    /// The identity of the delivery in the inbox.
    public var deliveryID: DeliveryID {
        event.delivery.id
    }
}
