package import PostroomCore

/// The cause of an attempt's end, whatever its handler then returned.
package enum AttemptEnd: Sendable {
    /// The handler returned or threw by itself.
    case own
    /// It was cancelled because it took longer than its timeout.
    case timedOut
    /// It was cancelled because the worker stops.
    case shutdown
    /// It was cancelled because the worker no longer holds its claim, or its slot was given up: nobody waits for it.
    case dropped
}

/// The numbers by which a policy judges an attempt.
package struct AttemptCount: Hashable, Sendable {
    /// The number of attempts that failed before this one.
    package var failed = 0
    /// The number of those that came before the last replay.
    package var beforeReplay = 0

    /// Makes the numbers; without any, those of a new delivery.
    package init(failed: Int = 0, beforeReplay: Int = 0) {
        self.failed = failed
        self.beforeReplay = beforeReplay
    }

    /// The number of this attempt, from 1.
    package var number: Int {
        failed + 1
    }

    /// The number of this attempt as the policy counts.
    var counted: Int {
        max(1, failed - beforeReplay + 1)
    }
}

/// The outcome of an attempt: its consequence for the job, and the label under which it is counted.
package struct AttemptOutcome {
    /// The label in `postroom_attempts_total`.
    package enum Label: String, CaseIterable {
        case handled
        case ignored
        case retried
        case timedOut = "timed-out"
        case dead
        case interrupted
        case busy
        case slept
    }

    package let job: JobOutcome
    package let label: Label
    /// The words of the failure for the log, where they are not all of what is recorded.
    package private(set) var logged: String?

    /// Returns the outcome of an attempt that returned, or threw `HandlerError.ignore`.
    private static func handled(
        _ label: Label,
        in duration: Duration,
        _ completion: JobCompletion = .plain
    ) -> AttemptOutcome {
        AttemptOutcome(job: .handled(duration: duration, completion: completion), label: label)
    }

    /// The outcome of an attempt that the worker's own stop interrupted: it never counts.
    static let interrupted = AttemptOutcome(job: .owed(dueIn: .zero, failure: nil), label: .interrupted)

    /// Returns the outcome of an attempt whose input does not fit the handler's type: another try cannot help before the
    /// code changes.
    package static func undecodable(_ error: any Error, _ count: AttemptCount, in duration: Duration) -> AttemptOutcome
    {
        let failure = AttemptFailure(attempt: count.number, error: errorText(error), duration: duration)
        return AttemptOutcome(job: .dead(reason: .undecodable, failure: failure), label: .dead)
    }

    /// Decides the outcome of an attempt that ended.
    ///
    /// The result of an attempt after its timeout does not count: a handler that swallows its cancellation and returns
    /// early would lose the event otherwise.
    ///
    /// - Parameters:
    ///   - end: The cause of its end.
    ///   - error: The error that the handler threw.
    ///   - count: The numbers by which the policy judges it.
    ///   - options: The handler's options.
    ///   - remains: The work that it left; `nil` where it asked for nothing.
    ///   - duration: The time that it took.
    ///   - random: The source of the policy's jitter.
    /// - Returns: `nil` where nobody waits for the attempt.
    package static func decide(
        _ end: AttemptEnd,
        _ error: (any Error)?,
        _ count: AttemptCount,
        _ options: HandlerOptions,
        leaving remains: AttemptRemains? = nil,
        in duration: Duration,
        random: WorkerRandom
    ) -> AttemptOutcome? {
        switch end {
        case .dropped:
            return nil
        case .timedOut:
            return failed("timed out after \(options.timeout)", .timedOut, count, options.retry, in: duration, random)
        case .shutdown, .own:
            // A handler may turn the error that ends a sleep into another, or swallow it.
            if let sleep = remains?.sleep {
                return AttemptOutcome(job: .owed(dueIn: sleep, failure: nil), label: .slept)
            }
            guard let error else { return .handled(.handled, in: duration, JobCompletion(remains, isDone: true)) }
            return end == .shutdown
                ? .interrupted : thrown(error, count, options.retry, leaving: remains, in: duration, random)
        }
    }

    /// Returns the evidence of an attempt that ended by itself about its handler.
    static func sign(of error: (any Error)?) -> CircuitBreaker.Sign {
        guard let error else { return .success }
        if error is UndecodableEvent || error is SleepingAttempt {
            return .none
        }
        switch HandlerError(of: error) {
        case .ignore: return .success
        case .permanent, .busy: return .none
        case .retry, nil: return .failure
        }
    }

    /// Returns the time for which an error says that its handler is busy.
    static func busyTime(of error: (any Error)?) -> Duration? {
        guard case .busy(let delay)? = error.flatMap(HandlerError.init(of:)) else { return nil }
        return RetryPolicy.bounded(delay)
    }

    private static func thrown(
        _ error: any Error,
        _ count: AttemptCount,
        _ policy: RetryPolicy,
        leaving remains: AttemptRemains?,
        in duration: Duration,
        _ random: WorkerRandom
    ) -> AttemptOutcome {
        if error is UndecodableEvent {
            return undecodable(error, count, in: duration)
        }
        var outcome: AttemptOutcome
        switch HandlerError(of: error) {
        case .ignore:
            return .handled(.ignored, in: duration, JobCompletion(remains, isDone: false))
        case .permanent:
            let failure = AttemptFailure(attempt: count.number, error: errorText(error), duration: duration)
            outcome = AttemptOutcome(job: .dead(reason: .permanent, failure: failure), label: .dead)
        case .busy(let delay):
            return AttemptOutcome(job: .owed(dueIn: RetryPolicy.bounded(delay), failure: nil), label: .busy)
        case .retry(let delay):
            outcome = failed(errorText(error), .retried, count, policy, in: duration, random, delay: delay)
        case nil:
            outcome = failed(errorText(error), .retried, count, policy, in: duration, random)
        }
        outcome.logged = (error as? any TreatedFailure)?.description
        return outcome
    }

    /// Returns the outcome of a failed attempt, which counts against the policy's limit also where the handler chose the
    /// delay.
    private static func failed(
        _ text: String,
        _ label: Label,
        _ count: AttemptCount,
        _ policy: RetryPolicy,
        in duration: Duration,
        _ random: WorkerRandom,
        delay chosen: Duration? = nil
    ) -> AttemptOutcome {
        var generator = random
        let failure = AttemptFailure(attempt: count.number, error: text, duration: duration)
        guard let delay = policy.delay(afterAttempt: count.counted, using: &generator) else {
            let label = label == .retried ? Label.dead : label
            return AttemptOutcome(job: .dead(reason: .exhausted, failure: failure), label: label)
        }
        let dueIn = RetryPolicy.bounded(chosen ?? delay)
        return AttemptOutcome(job: .owed(dueIn: dueIn, failure: failure), label: label)
    }
}

extension JobCompletion {
    /// Makes what comes with the end of a job.
    ///
    /// - Parameters:
    ///   - remains: The work that its attempt left.
    ///   - isDone: `true` where the handler returned: one that throws takes back what it enqueued.
    fileprivate init(_ remains: AttemptRemains?, isDone: Bool) {
        guard let remains else {
            self = .plain
            return
        }
        self.init(followUps: isDone ? remains.followUps : [], hasSteps: remains.hasSteps)
    }
}

/// Returns the text that is recorded of an error: its type and its own description, in no language but its author's.
func errorText(_ error: any Error) -> String {
    if let failure = error as? any TreatedFailure {
        return failure.evidence.map { "\(failure)\n\($0)" } ?? failure.description
    }
    if case .permanent(let reason) = error as? HandlerError {
        return reason
    }
    let type = String(describing: type(of: error))
    let text = String(describing: error)
    return text.hasPrefix(type) ? text : "\(type): \(text)"
}
