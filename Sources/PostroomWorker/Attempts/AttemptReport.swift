import Logging
import PostroomCore

/// Judges one handler's attempts, and tells whoever waits: the job's owner, the metrics and the log.
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

    /// An attempt returned.
    func ended(_ attempt: QueuedAttempt, _ end: AttemptEnd, _ error: (any Error)?, in duration: Duration) {
        let verdict = AttemptOutcome.decide(end, error, attempt.count, options, in: duration, random: random)
        guard let verdict else { return }
        note(verdict, attempt.prepared.event.delivery.id, in: duration)
        attempt.end(verdict.outcome)
    }

    /// The handler is slowed down, or no longer.
    func breaker(_ change: CircuitBreaker.Change) {
        let metadata: Logger.Metadata = ["handler": .string(name.rawValue)]
        switch change {
        case .opened:
            log.warning("the handler fails all the time; it is slowed to one attempt at a time", metadata: metadata)
        case .closed:
            log.notice("the handler succeeds again; it runs at full speed", metadata: metadata)
        }
    }

    /// An attempt was given up, because it ignored its cancellation.
    func abandoned(_ attempt: QueuedAttempt, _ end: AttemptEnd, in duration: Duration) {
        ended(attempt, end, CancellationError(), in: duration)
    }

    /// A body does not fit the handler's type, so that there is nothing to run.
    func undecodable(_ error: any Error, _ delivery: DeliveryID, _ count: AttemptCount) -> JobOutcome {
        let verdict = AttemptOutcome.undecodable(error, count, in: .zero)
        note(verdict, delivery, in: .zero)
        return verdict.outcome
    }

    private func note(_ verdict: AttemptOutcome, _ delivery: DeliveryID, in duration: Duration) {
        metrics.attempted(verdict.label, in: duration)
        switch verdict.outcome {
        case .handled, .running, .owed(_, failure: nil):
            break
        case .owed(let delay, failure: let failure?):
            failures.note(failure, delivery, .retried(in: delay))
        case .dead(let reason, let failure):
            metrics.died(reason)
            failures.note(failure, delivery, .dead(reason))
        }
    }

    /// Tells of failures that were not told one by one; called now and then, and at the end.
    func tellUntold(all: Bool = false) {
        failures.tellUntold(all: all)
    }
}
