import PostroomCore

/// One job on its way to its handler.
struct QueuedAttempt: Sendable {
    /// Who waits for the outcome.
    enum Owner: Sendable {
        case batch(BatchRun, job: Int)
        case retry(HeldRetry)
    }

    let owner: Owner
    let prepared: PreparedDelivery
    let count: AttemptCount

    /// Whether it is a retry, and no job of a batch.
    var isRetry: Bool {
        if case .retry = owner { true } else { false }
    }

    /// Whether the job still waits to be run here.
    var isWanted: Bool {
        switch owner {
        case .batch(let run, let job): run.isWaiting(job)
        case .retry(let retry): retry.isWaiting
        }
    }

    /// Marks the job as running.
    ///
    /// - Returns: Whether it is still to be run: it may have left for the inbox.
    func begin() -> Bool {
        switch owner {
        case .batch(let run, let job): run.begin(job)
        case .retry(let retry): retry.begin()
        }
    }

    /// Hands in what became of the job.
    func end(_ outcome: JobOutcome) {
        switch owner {
        case .batch(let run, let job): run.end(job, outcome)
        case .retry(let retry): retry.end(outcome)
        }
    }

    /// Whether it belongs to that batch.
    func belongs(to run: BatchRun) -> Bool {
        if case .batch(let own, _) = owner {
            return own === run
        }
        return false
    }
}
