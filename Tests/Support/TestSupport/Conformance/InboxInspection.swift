package import PostroomCore

/// A batch that is not settled.
package struct BatchView: Hashable, Sendable {
    /// The batch.
    package let id: BatchID
    /// The worker that holds it.
    package let holder: WorkerID?

    /// Describes a batch.
    package init(id: BatchID, holder: WorkerID?) {
        self.id = id
        self.holder = holder
    }
}

/// A pair that owes an attempt.
package struct RetryView: Hashable, Sendable {
    /// The pair.
    package let key: RetryKey
    /// The number of failed attempts.
    package let failedAttempts: Int
    /// The number of those that don't count.
    package let attemptsBeforeReplay: Int
    /// True if it is due.
    package let isDue: Bool
    /// The worker that holds it.
    package let holder: WorkerID?

    /// Describes a pair.
    package init(key: RetryKey, failedAttempts: Int, attemptsBeforeReplay: Int, isDue: Bool, holder: WorkerID?) {
        self.key = key
        self.failedAttempts = failedAttempts
        self.attemptsBeforeReplay = attemptsBeforeReplay
        self.isDue = isDue
        self.holder = holder
    }
}

/// A pair that is not tried again by itself.
package struct DeadLetterView: Hashable, Sendable {
    /// The pair.
    package let key: RetryKey
    /// The reason.
    package let reason: DeathReason
    /// The number of failed attempts.
    package let failedAttempts: Int
    /// The last error.
    package let error: String

    /// Describes a dead letter.
    package init(key: RetryKey, reason: DeathReason, failedAttempts: Int, error: String) {
        self.key = key
        self.reason = reason
        self.failedAttempts = failedAttempts
        self.error = error
    }
}

/// A pair that succeeded.
package struct PairView: Hashable, Sendable {
    /// The delivery.
    package let delivery: DeliveryID
    /// The handler.
    package let handler: HandlerName

    /// Names a pair.
    package init(delivery: DeliveryID, handler: HandlerName) {
        self.delivery = delivery
        self.handler = handler
    }
}

/// The answer of `postroom.finish`.
package enum FinishResult: Hashable, Sendable {
    /// The pair ends with the transaction.
    case isFinished
    /// The claim is lost.
    case isLost
    /// An earlier transaction has ended it.
    case wasFinished
    /// The text is no receipt.
    case isNoReceipt
}

/// An event that waits for its time.
package struct ScheduledView: Hashable, Sendable {
    /// The endpoint.
    package let endpoint: EndpointName
    /// The idempotency key.
    package let key: String

    /// Names an event.
    package init(endpoint: EndpointName, key: String) {
        self.endpoint = endpoint
        self.key = key
    }
}

/// A test's view of an inbox, with the acts of people.
package protocol InboxInspection: Sendable {
    /// The batches that are not settled, in any order.
    func batches() async throws -> [BatchView]
    /// The pairs that owe an attempt, in any order.
    func retries() async throws -> [RetryView]
    /// The dead letters, in any order.
    func deadLetters() async throws -> [DeadLetterView]
    /// The pairs that succeeded, in any order, once for each time that was recorded.
    func handledPairs() async throws -> [PairView]
    /// The pairs that a newer one made needless, in any order.
    func superseded() async throws -> [PairView]
    /// Takes a dead letter away.
    func discard(_ key: RetryKey) async throws
    /// Ends a pair inside a transaction of its own.
    func finish(_ receipt: String) async throws -> FinishResult
    /// Puts a dead letter back among the retries.
    func replay(_ key: RetryKey) async throws
    /// The events that wait for their time, in any order.
    func scheduledEvents() async throws -> [ScheduledView]
    /// The number of steps on record.
    func stepCount() async throws -> Int
    /// Takes an event back that waits for its time.
    func cancel(_ endpoint: EndpointName, _ key: String) async throws -> Bool
    /// Pauses a handler.
    func pause(_ handler: HandlerName) async throws
    /// Resumes a handler.
    func resume(_ handler: HandlerName) async throws
    /// Gives a handler another name.
    func rename(_ handler: HandlerName, to name: HandlerName) async throws
    /// Moves what lies under former names, as maintenance does.
    func moveRenamed() async throws
    /// Moves the workers' heartbeats and the retries' due times into the past, as if that long had gone by.
    func letTimePass(_ duration: Duration) async throws
}

extension WorkQueue {
    /// Returns the claims of the workers that are overdue by the database's clock at one look.
    ///
    /// A worker looks more than once, because that clock may step; a test lets time pass instead.
    @discardableResult
    package func rescue(silentFor lease: Duration) async throws(QueueError) -> RescueReport {
        try await rescue(try await pulses(overdueAfter: lease).filter(\.isOverdue))
    }
}
