import PostroomCore

/// Turns settled batches into the columns that the statement takes.
struct BatchSettleBuilder {
    private var batches: [Int64] = []
    private var owed = OwedPairs()
    private var dead = DeadPairs()
    private var failed = FailedPairs()
    private var handledBatches: [Int64] = []
    private var handledRuns: [[UInt8]] = []
    private var handledPages: [Int32] = []
    private var handlers: [HandlerName] = []
    private var places: [HandlerName: Int] = [:]

    private struct OwedPairs {
        var deliveries: [Int64] = []
        var handlers: [String] = []
        var dueIn: [Int64] = []
        var failedAttempts: [Int32] = []
        var isHeld: [Bool] = []
    }

    private struct DeadPairs {
        var deliveries: [Int64] = []
        var handlers: [String] = []
        var reasons: [String] = []
    }

    private struct FailedPairs {
        var deliveries: [Int64] = []
        var handlers: [String] = []
        var attempts: [Int32] = []
        var durations: [Int64] = []
        var errors: [String] = []
    }

    /// Whether work became claimable by others.
    private(set) var owesAtOnce = false

    mutating func append(_ batch: BatchSettlement) {
        batches.append(batch.id.rawValue)
        var runs = PagedRuns()
        for pair in batch.jobs {
            append(pair, of: batch, to: &runs)
        }
        for (page, runs) in runs.pages where !runs.bytes.isEmpty {
            handledBatches.append(batch.id.rawValue)
            handledRuns.append(runs.bytes)
            handledPages.append(page)
        }
    }

    private mutating func append(_ pair: BatchSettlement.Job, of batch: BatchSettlement, to runs: inout PagedRuns) {
        let delivery = DeliveryID(batch: batch.id, ordinal: pair.ordinal).rawValue
        switch pair.outcome {
        case .handled(let duration):
            runs.append(ordinal: pair.ordinal, handler: place(of: pair.handler), duration: duration)
        case .owed(let dueIn, let failure):
            owesAtOnce = owesAtOnce || dueIn <= .zero
            appendOwed(delivery, pair.handler, dueIn: dueIn, failedAttempts: failure?.attempt ?? 0, isHeld: false)
            appendFailure(delivery, pair.handler, failure)
        case .running:
            appendOwed(delivery, pair.handler, dueIn: .zero, failedAttempts: 0, isHeld: true)
        case .dead(let reason, let failure):
            dead.deliveries.append(delivery)
            dead.handlers.append(pair.handler.rawValue)
            dead.reasons.append(reason.rawValue)
            appendFailure(delivery, pair.handler, failure)
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
        _ delivery: Int64,
        _ handler: HandlerName,
        dueIn: Duration,
        failedAttempts: Int,
        isHeld: Bool
    ) {
        owed.deliveries.append(delivery)
        owed.handlers.append(handler.rawValue)
        owed.dueIn.append(dueIn.microseconds)
        owed.failedAttempts.append(Int32(clamping: failedAttempts))
        owed.isHeld.append(isHeld)
    }

    private mutating func appendFailure(_ delivery: Int64, _ handler: HandlerName, _ failure: AttemptFailure?) {
        guard let failure else { return }
        failed.deliveries.append(delivery)
        failed.handlers.append(handler.rawValue)
        failed.attempts.append(Int32(clamping: failure.attempt))
        failed.durations.append(failure.duration.microseconds)
        failed.errors.append(failure.error)
    }

    func statement(worker: WorkerID, directoryVersion: Int64) -> BatchSettle {
        BatchSettle(
            worker: worker.rawValue,
            directoryVersion: directoryVersion,
            batchIDs: batches,
            owedDeliveries: owed.deliveries,
            owedHandlers: owed.handlers,
            owedDueIn: owed.dueIn,
            owedFailedAttempts: owed.failedAttempts,
            owedIsHeld: owed.isHeld,
            deadDeliveries: dead.deliveries,
            deadHandlers: dead.handlers,
            deadReasons: dead.reasons,
            failedDeliveries: failed.deliveries,
            failedHandlers: failed.handlers,
            failedAttempts: failed.attempts,
            failedDurations: failed.durations,
            failedErrors: failed.errors,
            handledBatches: handledBatches,
            handledRuns: handledRuns,
            handlers: handlers.map(\.rawValue),
            handledPages: handledPages
        )
    }
}
