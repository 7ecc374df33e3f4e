public import PostroomCore

/// A batch that is not settled.
public struct BatchView: Hashable, Sendable {
    /// The batch.
    public let key: BatchKey
    /// Who holds it.
    public let holder: WorkerID?

    /// Describes a batch.
    public init(key: BatchKey, holder: WorkerID?) {
        self.key = key
        self.holder = holder
    }
}

/// A pair that owes an attempt.
public struct RetryView: Hashable, Sendable {
    /// The pair.
    public let key: RetryKey
    /// How many attempts failed.
    public let failedAttempts: Int
    /// How many of them don't count.
    public let forgivenAttempts: Int
    /// Whether it is due.
    public let isDue: Bool
    /// Who holds it.
    public let holder: WorkerID?

    /// Describes a pair.
    public init(key: RetryKey, failedAttempts: Int, forgivenAttempts: Int, isDue: Bool, holder: WorkerID?) {
        self.key = key
        self.failedAttempts = failedAttempts
        self.forgivenAttempts = forgivenAttempts
        self.isDue = isDue
        self.holder = holder
    }
}

/// A pair that is not tried again by itself.
public struct DeadLetterView: Hashable, Sendable {
    /// The pair.
    public let key: RetryKey
    /// Why.
    public let reason: DeathReason
    /// How many attempts failed.
    public let failedAttempts: Int
    /// The last error.
    public let error: String

    /// Describes a dead letter.
    public init(key: RetryKey, reason: DeathReason, failedAttempts: Int, error: String) {
        self.key = key
        self.reason = reason
        self.failedAttempts = failedAttempts
        self.error = error
    }
}

/// A pair that succeeded.
public struct PairView: Hashable, Sendable {
    /// The delivery.
    public let delivery: DeliveryID
    /// The handler.
    public let handler: HandlerName

    /// Names a pair.
    public init(delivery: DeliveryID, handler: HandlerName) {
        self.delivery = delivery
        self.handler = handler
    }
}

/// What tests look at in an inbox, and what people do to it.
public protocol InboxInspection: Sendable {
    /// The batches that are not settled, in any order.
    func batches() async throws -> [BatchView]
    /// The pairs that owe an attempt, in any order.
    func retries() async throws -> [RetryView]
    /// The dead letters, in any order.
    func deadLetters() async throws -> [DeadLetterView]
    /// The pairs that succeeded, in any order, once for each time that was recorded.
    func handledPairs() async throws -> [PairView]
    /// Pauses a handler.
    func pause(_ handler: HandlerName) async throws
    /// Resumes a handler.
    func resume(_ handler: HandlerName) async throws
    /// Moves the workers' heartbeats and the retries' due times into the past, as if that long had gone by.
    func letTimePass(_ duration: Duration) async throws
}

extension WorkQueue {
    /// Returns the claims of the workers that are overdue by the database's clock at one look.
    ///
    /// A worker looks more than once, because that clock may step; a test lets time pass instead.
    @discardableResult
    public func rescue(silentFor lease: Duration) async throws(QueueError) -> RescueReport {
        try await rescue(try await pulses(overdueAfter: lease).filter(\.isOverdue))
    }
}
