package import PostroomCore

/// The numbers by which a policy judges an attempt.
package struct AttemptCount: Hashable, Sendable {
    /// How many attempts failed before this one.
    package var failed = 0
    /// How many of those were before the last replay.
    package var beforeReplay = 0

    /// Counts attempts; without numbers, those of a new delivery.
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

/// What becomes of a job after an attempt.
package struct AttemptOutcome {
    /// What is counted in `postroom_attempts_total`.
    package enum Label: String, CaseIterable {
        case handled
        case ignored
        case retried
        case timedOut = "timed-out"
        case dead
        case interrupted
    }

    package let outcome: JobOutcome
    package let label: Label

    /// An attempt that returned, or threw `HandlerError.ignore`.
    static func handled(_ label: Label, in duration: Duration) -> AttemptOutcome {
        AttemptOutcome(outcome: .handled(duration: duration), label: label)
    }

    /// An attempt that the worker's own stop interrupted: it never counts.
    static let interrupted = AttemptOutcome(outcome: .owed(dueIn: .zero, failure: nil), label: .interrupted)

    /// An attempt whose input does not fit the handler's type: trying again can't help before the code changes.
    package static func undecodable(_ error: any Error, _ count: AttemptCount, in duration: Duration) -> AttemptOutcome
    {
        let failure = AttemptFailure(attempt: count.number, error: errorText(error), duration: duration)
        return AttemptOutcome(outcome: .dead(reason: .undecodable, failure: failure), label: .dead)
    }

    /// Judges an attempt that ended.
    ///
    /// What an attempt returned after its timeout does not count: a handler that swallows its cancellation and returns
    /// early would else lose the event.
    ///
    /// - Returns: `nil` where nobody waits for the attempt.
    package static func decide(
        _ end: AttemptEnd,
        _ error: (any Error)?,
        _ count: AttemptCount,
        _ options: HandlerOptions,
        in duration: Duration,
        random: WorkerRandom
    ) -> AttemptOutcome? {
        switch end {
        case .dropped:
            nil
        case .timedOut:
            failed("timed out after \(options.timeout)", .timedOut, count, options.retry, in: duration, random)
        case .shutdown:
            error == nil ? .handled(.handled, in: duration) : .interrupted
        case .own:
            if let error {
                thrown(error, count, options.retry, in: duration, random)
            } else {
                .handled(.handled, in: duration)
            }
        }
    }

    /// What an attempt that ended by itself says of its handler.
    static func sign(of error: (any Error)?) -> CircuitBreaker.Sign {
        guard let error else { return .success }
        if error is UndecodableEvent {
            return .none
        }
        switch error as? HandlerError {
        case .ignore: return .success
        case .permanent: return .none
        case .retry, nil: return .failure
        }
    }

    private static func thrown(
        _ error: any Error,
        _ count: AttemptCount,
        _ policy: RetryPolicy,
        in duration: Duration,
        _ random: WorkerRandom
    ) -> AttemptOutcome {
        if error is UndecodableEvent {
            return undecodable(error, count, in: duration)
        }
        switch error as? HandlerError {
        case .ignore:
            return .handled(.ignored, in: duration)
        case .permanent:
            let failure = AttemptFailure(attempt: count.number, error: errorText(error), duration: duration)
            return AttemptOutcome(outcome: .dead(reason: .permanent, failure: failure), label: .dead)
        case .retry(let delay):
            return failed(errorText(error), .retried, count, policy, in: duration, random, delay: delay)
        case nil:
            return failed(errorText(error), .retried, count, policy, in: duration, random)
        }
    }

    /// A failed attempt counts against the policy's limit, also where the handler chose the delay.
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
            return AttemptOutcome(outcome: .dead(reason: .exhausted, failure: failure), label: label)
        }
        let dueIn = RetryPolicy.bounded(chosen ?? delay)
        return AttemptOutcome(outcome: .owed(dueIn: dueIn, failure: failure), label: label)
    }
}
