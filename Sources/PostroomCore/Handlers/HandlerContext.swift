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
    let services: HandlerServices
    let ticket: AttemptTicket
    /// The claim of the job, where the handler is transactional.
    let job: Receipt?

    /// Describes an attempt that no worker runs, to call a handler by oneself.
    ///
    /// Nothing is behind it: what the handler enqueues goes nowhere, its steps run each time, and its sleeps return at once.
    /// A `HandlerTrial` of PostroomTesting has all of that.
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
        self.services = HandlerServices(handler)
        self.ticket = AttemptTicket(AttemptScope(), 0, NoHold())
        self.job = nil
    }

    /// Describes an attempt of a handler that a worker runs.
    package init(
        _ services: HandlerServices,
        _ ticket: AttemptTicket? = nil,
        attempt: Int,
        event: Event,
        logger: Logger,
        receipt: Receipt? = nil
    ) {
        self.handler = services.handler
        self.attempt = attempt
        self.event = event
        self.baseLogger = logger
        self.services = services
        self.ticket = ticket ?? AttemptTicket(AttemptScope(), 0, NoHold())
        self.job = receipt
    }

    /// A logger that carries the delivery, the handler, the attempt and, where the sender traces, its `trace_id` as metadata.
    ///
    /// It is made when it is asked for: most attempts log nothing.
    public var logger: Logger {
        AttemptLogHandler.logger(baseLogger, handler, event.delivery, attempt)
    }

    /// The delivery that carries the event.
    public var delivery: Delivery {
        event.delivery
    }

    /// The identity of this handler's work on this delivery, for services that recognise a repeated call by such a key.
    ///
    /// It is the same on every attempt, after every replay and after a rename of the handler, and different for every other
    /// handler and delivery: two handlers can give theirs to one service. It is a UUID of 36 characters. The sender's own
    /// key is `delivery.idempotencyKey`.
    public var idempotencyKey: String {
        JobKey.make(event.delivery, services.originalName)
    }

    /// The source of transactions, where the inbox has one.
    var transactions: (any TransactionSource)? {
        services.transactions
    }

    /// The identity of the delivery in the inbox.
    public var deliveryID: DeliveryID {
        event.delivery.id
    }
}

/// The holder of a job that no worker runs.
private final class NoHold: AttemptHold {
    let worker = WorkerID(rawValue: 0)
    let isFirstRun = true
}
