import PostroomCore

/// The statements that a settlement takes.
struct SettlementStatements {
    /// The wait for transactions that are about to finish a job; `nil` where no job is transactional.
    let guarding: FinishGuard?
    /// The keys of the jobs that are added or end.
    private let keys: [OrderedKey]
    /// The events and records of successful attempts; `nil` where there are none.
    let completions: FollowUpSettle?
    /// The end of the batches; `nil` where there are none.
    let batches: BatchSettle?
    /// The end of the retries; `nil` where there are none.
    let retries: RetrySettle?
    /// True if work becomes claimable by others.
    let owesAtOnce: Bool

    init(_ settlement: Settlement, of worker: WorkerID) {
        completions = CompletionRows(settlement).statement(worker: worker, settlement.directoryVersion)
        var batches = BatchSettleRows()
        for batch in settlement.batches {
            batches.append(batch)
        }
        self.batches =
            settlement.batches.isEmpty
            ? nil : batches.statement(worker: worker, directoryVersion: settlement.directoryVersion)
        retries =
            settlement.retries.isEmpty
            ? nil : RetrySettle(worker: worker, ended: settlement.retries.map { RetrySettle.Ended($0) })
        let transactional = settlement.retries.filter(\.isTransactional).map(\.key)
        guarding =
            transactional.isEmpty
            ? nil
            : FinishGuard(
                worker: worker,
                jobs: transactional.map { FinishGuard.Job(delivery: $0.delivery, handler: $0.handler) }
            )
        keys = OrderedKey.all(of: settlement)
        owesAtOnce = batches.owesAtOnce || settlement.retries.contains { $0.outcome.isOwedAtOnce }
    }
}

extension SettlementStatements {
    /// The lock of the keys, which comes first; `nil` where no job has one.
    var locking: OrderLock? {
        keys.isEmpty ? nil : OrderLock(keys: keys.map { OrderLock.Key(handler: $0.handler, key: $0.key) })
    }

    /// The arrangement of the keys, which comes after the ends; `nil` where no job has one.
    var arranging: OrderArrange? {
        keys.isEmpty ? nil : OrderArrange(keys: keys.map { OrderArrange.Key(handler: $0.handler, key: $0.key) })
    }
}

/// A key of a handler.
private struct OrderedKey: Hashable {
    let handler: HandlerName
    let key: String

    /// The keys of a settlement's jobs, each once.
    static func all(of settlement: Settlement) -> [OrderedKey] {
        var keys: Set<OrderedKey> = []
        for batch in settlement.batches {
            for job in batch.jobs {
                if let place = job.order.place {
                    keys.insert(OrderedKey(handler: job.handler, key: place.key))
                }
            }
        }
        for retry in settlement.retries {
            for place in [retry.place, retry.newOrder?.place].compactMap(\.self) {
                keys.insert(OrderedKey(handler: retry.key.handler, key: place.key))
            }
        }
        return Array(keys)
    }
}

extension JobOutcome {
    /// True if the job is due at once, for whoever claims it.
    fileprivate var isOwedAtOnce: Bool {
        guard case .owed(let delay, _) = self else { return false }
        return delay <= .zero
    }
}

/// The rows of settled batches, in the groups of the statement.
private struct BatchSettleRows {
    private var batches: [BatchID] = []
    private var owed: [BatchSettle.Owed] = []
    private var dead: [BatchSettle.Dead] = []
    private var failed: [BatchSettle.Failed] = []
    private var handled: [BatchSettle.Handled] = []
    private var handlers: [HandlerName] = []
    private var places: [HandlerName: Int] = [:]
    private(set) var owesAtOnce = false

    mutating func append(_ batch: BatchSettlement) {
        batches.append(batch.id)
        var runs = PagedRuns()
        for job in batch.jobs {
            append(job, of: batch, to: &runs)
        }
        for (page, runs) in runs.pages where !runs.bytes.isEmpty {
            handled.append(BatchSettle.Handled(batch: batch.id, runs: runs.bytes, page: page))
        }
    }

    private mutating func append(_ job: BatchSettlement.Job, of batch: BatchSettlement, to runs: inout PagedRuns) {
        let delivery = DeliveryID(batch: batch.id, ordinal: job.ordinal)
        owesAtOnce = owesAtOnce || job.outcome.isOwedAtOnce
        switch job.outcome {
        case .handled(let duration, _):
            runs.append(ordinal: job.ordinal, handler: place(of: job.handler), duration: duration)
        case .owed(let delay, let failure):
            let failedAttempts = Int32(clamping: failure?.attempt ?? 0)
            appendOwed(delivery, job, dueIn: delay, failedAttempts: failedAttempts, isHeld: false)
            append(failure, delivery, job.handler)
        case .running:
            appendOwed(delivery, job, dueIn: .zero, failedAttempts: 0, isHeld: true)
        case .dead(let reason, let failure):
            dead.append(BatchSettle.Dead(delivery: delivery, handler: job.handler, reason: reason))
            append(failure, delivery, job.handler)
        }
    }

    private mutating func place(of handler: HandlerName) -> Int {
        if let place = places[handler] {
            return place
        }
        let place = handlers.count
        handlers.append(handler)
        places[handler] = place
        return place
    }

    private mutating func appendOwed(
        _ delivery: DeliveryID,
        _ job: BatchSettlement.Job,
        dueIn delay: Duration,
        failedAttempts: Int32,
        isHeld: Bool
    ) {
        owed.append(
            BatchSettle.Owed(
                delivery: delivery,
                handler: job.handler,
                dueIn: delay,
                failedAttempts: failedAttempts,
                isHeld: isHeld,
                needsKey: job.order == .unknown,
                orderKey: job.order.place?.key,
                orderPosition: job.order.place?.position
            )
        )
    }

    private mutating func append(_ failure: AttemptFailure?, _ delivery: DeliveryID, _ handler: HandlerName) {
        guard let failure else { return }
        failed.append(
            BatchSettle.Failed(
                delivery: delivery,
                handler: handler,
                attempt: Int32(clamping: failure.attempt),
                duration: failure.duration,
                error: failure.error
            )
        )
    }

    func statement(worker: WorkerID, directoryVersion: Int64) -> BatchSettle {
        BatchSettle(
            worker: worker,
            directoryVersion: directoryVersion,
            batchIDs: batches,
            owed: owed,
            dead: dead,
            failed: failed,
            handled: handled,
            handlers: handlers
        )
    }
}

extension RetrySettle.Ended {
    fileprivate init(_ retry: RetrySettlement) {
        switch retry.outcome {
        case .handled(let duration, _):
            var run = HandledRuns()
            run.append(ordinal: retry.key.delivery.ordinal, handler: 0, duration: duration)
            self.init(retry, "handled", run: run.bytes)
        case .owed(let delay, let failure):
            self.init(retry, "owed", dueIn: delay, failure: failure)
        case .running:
            preconditionFailure("a retry that still runs is not settled")
        case .dead(let reason, let failure):
            self.init(retry, "dead", reason: reason, failure: failure)
        }
    }

    private init(
        _ retry: RetrySettlement,
        _ outcome: String,
        dueIn delay: Duration? = nil,
        reason: DeathReason? = nil,
        failure: AttemptFailure? = nil,
        run: [UInt8]? = nil
    ) {
        self.init(
            delivery: retry.key.delivery,
            handler: retry.key.handler,
            outcome: outcome,
            dueIn: delay,
            reason: reason,
            attempt: failure.map { Int32(clamping: $0.attempt) },
            duration: failure?.duration,
            error: failure?.error,
            run: run,
            isTransactional: retry.isTransactional,
            isKeyed: retry.newOrder != nil,
            orderKey: retry.newOrder?.place?.key,
            orderPosition: retry.newOrder?.place?.position
        )
    }
}
