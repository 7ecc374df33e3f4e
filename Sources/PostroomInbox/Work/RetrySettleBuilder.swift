import PostroomCore

/// Turns settled retries into the columns that the statement takes.
struct RetrySettleBuilder {
    private var deliveries: [Int64] = []
    private var handlers: [String] = []
    private var outcomes: [String] = []
    private var dueIn: [Int64?] = []
    private var reasons: [String?] = []
    private var attempts: [Int32?] = []
    private var durations: [Int64?] = []
    private var errors: [String?] = []
    private var runs: [[UInt8]?] = []

    /// Whether work became claimable by others.
    private(set) var owesAtOnce = false

    mutating func append(_ retry: RetrySettlement) {
        deliveries.append(retry.key.delivery.rawValue)
        handlers.append(retry.key.handler.rawValue)
        switch retry.outcome {
        case .handled(let duration):
            var run = HandledRuns()
            run.append(ordinal: retry.key.delivery.ordinal, handler: 0, duration: duration)
            append("handled", failure: nil, run: run.bytes)
        case .owed(let delay, let failure):
            owesAtOnce = owesAtOnce || delay <= .zero
            append("owed", dueIn: delay, failure: failure)
        case .running:
            preconditionFailure("a retry that still runs is not settled")
        case .dead(let reason, let failure):
            append("dead", reason: reason, failure: failure)
        }
    }

    private mutating func append(
        _ outcome: String,
        dueIn delay: Duration? = nil,
        reason: DeathReason? = nil,
        failure: AttemptFailure?,
        run: [UInt8]? = nil
    ) {
        outcomes.append(outcome)
        dueIn.append(delay?.microseconds)
        reasons.append(reason?.rawValue)
        attempts.append(failure.map { Int32(clamping: $0.attempt) })
        durations.append(failure?.duration.microseconds)
        errors.append(failure?.error)
        runs.append(run)
    }

    func statement(worker: WorkerID) -> RetrySettle {
        RetrySettle(
            worker: worker.rawValue,
            deliveries: deliveries,
            handlers: handlers,
            outcomes: outcomes,
            dueIn: dueIn,
            reasons: reasons,
            attempts: attempts,
            durations: durations,
            errors: errors,
            runs: runs
        )
    }
}
