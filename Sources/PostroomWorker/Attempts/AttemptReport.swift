import Logging
import PostroomCore

/// The outcomes of one handler's attempts, told to the holder of the job, the metrics and the log.
struct AttemptReport: Sendable {
    private let name: HandlerName
    private let options: HandlerOptions
    private let metrics: HandlerMetrics
    let log: Logger
    private let random: WorkerRandom
    private let failures: AttemptFailureLog

    init(
        _ handler: RegisteredHandler,
        _ metrics: HandlerMetrics,
        _ logger: Logger,
        _ random: WorkerRandom,
        _ clock: WorkerClock
    ) {
        self.name = handler.name
        self.options = handler.options
        self.metrics = metrics
        self.log = logger
        self.random = random
        self.failures = AttemptFailureLog(handler.name, logger, clock)
    }

    /// Decides the outcome of an attempt that returned, and tells it.
    func ended(_ attempt: QueuedAttempt, _ end: AttemptEnd, _ error: (any Error)?, in duration: Duration) {
        let outcome = AttemptOutcome.decide(end, error, attempt.count, options, in: duration, random: random)
        guard let outcome else { return }
        note(outcome, attempt.prepared.event.delivery.id, in: duration)
        attempt.end(outcome.job)
    }

    /// Logs that the handler is slowed down, or no longer.
    func changed(_ change: CircuitBreaker.Change) {
        let metadata: Logger.Metadata = ["handler": .string(name.rawValue)]
        switch change {
        case .opened:
            log.warning("the handler fails all the time; it is slowed to one attempt at a time", metadata: metadata)
        case .closed:
            log.notice("the handler succeeds again; it runs at full speed", metadata: metadata)
        }
    }

    /// Tells the outcome of an attempt that was given up, because it ignored its cancellation.
    func abandoned(_ attempt: QueuedAttempt, _ end: AttemptEnd, in duration: Duration) {
        ended(attempt, end, CancellationError(), in: duration)
    }

    /// Tells the outcome of a job whose body does not fit the handler's type, so that there is nothing to run.
    func undecodable(_ error: any Error, _ delivery: DeliveryID, _ count: AttemptCount) -> JobOutcome {
        let outcome = AttemptOutcome.undecodable(error, count, in: .zero)
        note(outcome, delivery, in: .zero)
        return outcome.job
    }

    private func note(_ outcome: AttemptOutcome, _ delivery: DeliveryID, in duration: Duration) {
        metrics.attempted(outcome.label, in: duration)
        switch outcome.job {
        case .handled, .running, .owed(_, failure: nil):
            break
        case .owed(let delay, failure: let failure?):
            failures.note(failure, delivery, .retried(in: delay))
        case .dead(let reason, let failure):
            metrics.died(reason)
            failures.note(failure, delivery, .dead(reason))
        }
    }

    /// Logs the failures that were not logged one by one; called now and then, and at the end.
    func tellUntold(all: Bool = false) {
        failures.tellUntold(all: all)
    }
}
