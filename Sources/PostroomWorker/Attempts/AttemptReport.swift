import Logging
package import PostroomCore

/// An attempt that ended, for whoever watches a worker.
package struct EndedAttempt: Sendable {
    /// The handler.
    package let handler: HandlerName
    /// The delivery that it was made for.
    package let delivery: Delivery
    /// The number of the attempt since the last replay, from 1.
    package let attempt: Int
    /// The number of attempts that the handler's policy allows.
    package let maximumAttempts: Int
    /// The outcome for the job.
    package let outcome: JobOutcome

    /// Describes an attempt.
    package init(
        handler: HandlerName,
        delivery: Delivery,
        attempt: Int,
        maximumAttempts: Int,
        outcome: JobOutcome
    ) {
        self.handler = handler
        self.delivery = delivery
        self.attempt = attempt
        self.maximumAttempts = maximumAttempts
        self.outcome = outcome
    }

    /// Watches the attempts of a worker; it is called in the middle of the work, and must not wait.
    package typealias Observer = @Sendable (EndedAttempt) -> Void
}

/// The outcomes of one handler's attempts, told to the holder of the job, the metrics and the log.
struct AttemptReport: Sendable {
    private let name: HandlerName
    private let options: HandlerOptions
    private let metrics: HandlerMetrics
    let log: Logger
    let traces: Traces?
    private let random: WorkerRandom
    private let failures: AttemptFailureLog
    private let observer: EndedAttempt.Observer?

    init(
        _ handler: RegisteredHandler,
        _ metrics: HandlerMetrics,
        _ logger: Logger,
        _ random: WorkerRandom,
        _ clock: WorkerClock,
        observer: EndedAttempt.Observer?,
        traces: Traces?
    ) {
        self.name = handler.name
        self.options = handler.options
        self.metrics = metrics
        self.log = logger
        self.traces = traces
        self.random = random
        self.failures = AttemptFailureLog(handler.name, logger, clock)
        self.observer = observer
    }

    /// Decides the outcome of an attempt that returned, and tells it.
    func ended(
        _ attempt: QueuedAttempt,
        _ end: AttemptEnd,
        _ error: (any Error)?,
        leaving remains: AttemptRemains? = nil,
        in duration: Duration
    ) {
        let outcome = AttemptOutcome.decide(
            end,
            error,
            attempt.count,
            options,
            leaving: remains,
            in: duration,
            random: random
        )
        guard let outcome else { return }
        note(outcome, attempt.prepared.event.delivery, attempt.count, in: duration)
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
    func undecodable(_ error: any Error, _ delivery: Delivery, _ count: AttemptCount) -> JobOutcome {
        let outcome = AttemptOutcome.undecodable(error, count, in: .zero)
        note(outcome, delivery, count, in: .zero)
        return outcome.job
    }

    private func note(
        _ outcome: AttemptOutcome,
        _ delivery: Delivery,
        _ count: AttemptCount,
        in duration: Duration
    ) {
        metrics.attempted(outcome.label, in: duration)
        observer?(
            EndedAttempt(
                handler: name,
                delivery: delivery,
                attempt: count.counted,
                maximumAttempts: options.retry.maximumAttempts,
                outcome: outcome.job
            )
        )
        switch outcome.job {
        case .handled, .running, .owed(_, failure: nil):
            break
        case .owed(let delay, failure: let failure?):
            failures.note(failure, as: outcome.logged, delivery.id, .retried(in: delay))
        case .dead(let reason, let failure):
            metrics.died(reason)
            failures.note(failure, as: outcome.logged, delivery.id, .dead(reason))
        }
    }

    /// Logs the failures that were not logged one by one; called now and then, and at the end.
    func tellUntold(all: Bool = false) {
        failures.tellUntold(all: all)
    }
}
