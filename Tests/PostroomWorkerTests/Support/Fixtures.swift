import PostroomCore

@testable import PostroomWorker

/// Values for tests of single parts.
enum Fixture {
    static func delivery(
        _ number: Int,
        receivedAt: Int64 = 1000,
        eventType: String? = "user.created",
        endpoint: EndpointName = "orders"
    ) -> Delivery {
        Delivery(
            id: DeliveryID(batch: BatchID(rawValue: 1), ordinal: UInt8(number)),
            endpoint: endpoint,
            source: .bearer,
            eventType: eventType,
            idempotencyKey: "\(number)",
            receivedAt: Timestamp(rawValue: receivedAt),
            headers: Headers(),
            body: []
        )
    }

    static func batch(_ count: Int) -> ClaimedBatch {
        ClaimedBatch(
            id: BatchID(rawValue: 1),
            receivedAt: Timestamp(rawValue: 1000),
            deliveries: (0..<count).map { delivery($0) }
        )
    }

    static func state() -> SessionState {
        let directory = HandlerDirectory(version: 1, entries: [])
        return SessionState(
            budget: CapacityBudget(limit: WorkSize(count: 100, bytes: 1_000_000), perClaim: 100),
            router: Router(directory, [], newerCodeDelay: .zero)
        )
    }

    static func session() -> Session {
        Session(WorkerID(rawValue: 1), state(), watchSignal: Signal())
    }

    /// A batch whose pairs of one handler all wait.
    static func run(_ count: Int, in session: Session = session()) -> BatchRun {
        let run = BatchRun(
            batch(count),
            heldBy: session.worker,
            takenAt: .zero,
            router: session.router,
            settlements: session.settlements
        )
        let pairs = (0..<count).map { BatchProgress.Job(delivery: $0, handler: "mail", status: .waiting) }
        _ = run.add(pairs, of: 0..<count)
        return run
    }

    static func jobs(_ count: Int) -> [QueuedAttempt] {
        let run = run(count)
        return (0..<count)
            .map { index in
                QueuedAttempt(
                    owner: .batch(run, job: index),
                    prepared: PreparedDelivery(
                        Event(delivery: delivery(index), rules: PlainRules(source: "test")),
                        decoders: []
                    ),
                    count: AttemptCount()
                )
            }
    }

    static func retryJob(_ number: Int, isSuspect: Bool = false) -> QueuedAttempt {
        let held = retry(number, isSuspect: isSuspect)
        let event = Event(delivery: held.retry.delivery, rules: PlainRules(source: "test"))
        return QueuedAttempt(
            owner: .retry(held),
            prepared: PreparedDelivery(event, decoders: []),
            count: AttemptCount()
        )
    }

    static func retry(_ number: Int, isSuspect: Bool = false, in session: Session = session()) -> HeldRetry {
        let delivery = delivery(number)
        let key = RetryKey(delivery: delivery.id, handler: "mail")
        return HeldRetry(
            ClaimedRetry(key: key, delivery: delivery, failedAttempts: 0, attemptsBeforeReplay: 0),
            heldBy: session.worker,
            isSuspect: isSuspect,
            settlements: session.settlements
        )
    }
}

extension WorkSize {
    /// So many small deliveries.
    static func small(_ count: Int) -> WorkSize {
        WorkSize(count: count, bytes: count)
    }
}
