public import PostroomCore
import PostroomWorker

/// The course of a handler's attempts at an event.
public struct HandlerRun: Sendable {
    /// The event that it was tried on.
    public let event: Event
    /// The attempts in their order; none where the handler does not subscribe to the event.
    public internal(set) var attempts: [TrialAttempt]

    /// The events that the attempt which succeeded enqueued, in their order.
    public internal(set) var followUps: [EnqueuedEvent] = []
    let steps = TrialSteps()

    /// The fate of the event.
    public var verdict: TrialVerdict {
        switch attempts.last?.outcome {
        case nil: .notSubscribed
        case .handled: .handled
        case .ignored: .ignored
        case .failed, .busy, .slept: .owed
        case .dead(let reason, _): .dead(reason)
        }
    }

    /// The delays between the attempts.
    public var delays: [Duration] {
        attempts.compactMap { attempt in
            switch attempt.outcome {
            case .failed(_, let delay), .busy(let delay), .slept(let delay): delay
            case .handled, .ignored, .dead: nil
            }
        }
    }

    /// The errors that the failed attempts would leave in the history of a dead letter.
    public var errors: [String] {
        attempts.compactMap { attempt in
            switch attempt.outcome {
            case .handled, .ignored, .busy, .slept: nil
            case .failed(let error, _), .dead(_, let error): error
            }
        }
    }
}

/// The fate of an event at a handler.
public enum TrialVerdict: Hashable, Sendable {
    /// The handler returned.
    case handled
    /// The handler threw ``PostroomCore/HandlerError/ignore``, which counts as handled.
    case ignored
    /// It would be a dead letter, for that reason.
    case dead(DeathReason)
    /// It owes another attempt: the trial's limit came before the policy's.
    case owed
    /// The handler's patterns do not match the event, so it never runs.
    case notSubscribed
}

/// One attempt of a trial.
public struct TrialAttempt: Hashable, Sendable {
    /// The end of an attempt.
    public enum Outcome: Hashable, Sendable {
        /// The handler returned.
        case handled
        /// The handler threw ``PostroomCore/HandlerError/ignore``.
        case ignored
        /// It gave its slot back to sleep for that time; it goes on under the same number.
        case slept(Duration)
        /// It failed, and is tried again after that time.
        case failed(error: String, nextAfter: Duration)
        /// The handler threw ``PostroomCore/HandlerError/busy(for:)``: it is called again after that time, and the attempt
        /// does not count.
        case busy(nextAfter: Duration)
        /// It failed, and is not tried again.
        case dead(DeathReason, error: String)
    }

    /// The number that the handler's context had, from 1.
    public let number: Int
    /// The time of its start, by the trial's clock.
    public let startedAt: TrialClock.Instant
    /// Its duration, by the trial's clock.
    public let duration: Duration
    /// The kind of its end.
    public let outcome: Outcome

    init(number: Int, startedAt: TrialClock.Instant, duration: Duration, _ outcome: AttemptOutcome?) {
        self.number = number
        self.startedAt = startedAt
        self.duration = duration
        switch outcome?.job {
        case .handled where outcome?.label == .ignored: self.outcome = .ignored
        case .handled: self.outcome = .handled
        case .owed(let delay, failure: nil) where outcome?.label == .slept: self.outcome = .slept(delay)
        case .owed(let delay, failure: nil): self.outcome = .busy(nextAfter: delay)
        case .owed(let delay, failure: let failure?): self.outcome = .failed(error: failure.error, nextAfter: delay)
        case .dead(let reason, let failure):
            self.outcome = .dead(reason, error: failure.error)
        case .running, nil: preconditionFailure("an attempt that ended by itself has an outcome")
        }
    }
}
