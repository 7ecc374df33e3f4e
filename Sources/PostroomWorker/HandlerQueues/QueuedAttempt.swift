import PostroomCore

/// An attempt that waits in its handler's queue or runs.
struct QueuedAttempt: Sendable {
    /// The holder of the job, who waits for its outcome.
    enum Owner: Sendable {
        case batch(BatchRun, job: Int)
        case retry(HeldRetry)
    }

    let owner: Owner
    let prepared: PreparedDelivery
    let count: AttemptCount

    /// `true` for a retry, `false` for a job of a batch.
    var isRetry: Bool {
        if case .retry = owner { true } else { false }
    }

    /// The receipt by which the attempt ends its job inside a transaction, where its handler does so.
    var receipt: Receipt? {
        if case .retry(let retry) = owner { retry.receipt } else { nil }
    }

    /// The holder of the job, as the attempt's context knows it.
    var hold: any AttemptHold {
        switch owner {
        case .batch(let run, _): run
        case .retry(let retry): retry
        }
    }

    /// `true` while the job is still to be run here.
    var isWanted: Bool {
        switch owner {
        case .batch(let run, let job): run.isWaiting(job)
        case .retry(let retry): retry.isWaiting
        }
    }

    /// Marks the job as running.
    ///
    /// - Returns: `false` where it is not to be run any more: it has left for the inbox.
    func begin() -> Bool {
        switch owner {
        case .batch(let run, let job): run.begin(job)
        case .retry(let retry): retry.begin()
        }
    }

    /// Hands in the job's outcome.
    func end(_ outcome: JobOutcome) {
        switch owner {
        case .batch(let run, let job): run.end(job, outcome)
        case .retry(let retry): retry.end(outcome)
        }
    }

    /// Takes note that the attempt has returned, whoever waited for it.
    func returned() {
        if case .retry(let retry) = owner {
            retry.returned()
        }
    }

    /// The time by which it must begin, where it has one.
    var deadline: Duration? {
        if case .retry(let retry) = owner { retry.deadline } else { nil }
    }

    /// Tells whether the job belongs to a batch.
    func belongs(to run: BatchRun) -> Bool {
        if case .batch(let own, _) = owner {
            return own === run
        }
        return false
    }
}

/// The attempts of one runner, one after the other.
struct AttemptSeries {
    private let scope = AttemptScope()
    private var number: UInt64 = 0

    /// Begins the next attempt.
    func begin(_ hold: any AttemptHold) -> AttemptTicket {
        AttemptTicket(scope, number, hold)
    }

    /// Ends the attempt, and returns what it left.
    mutating func end() -> AttemptRemains? {
        defer { number += 1 }
        return scope.end(number)
    }
}
