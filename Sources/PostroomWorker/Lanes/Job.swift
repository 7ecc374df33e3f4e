import PostroomCore

/// One pair on its way to its handler.
struct Job: Sendable {
    /// Who waits for the outcome.
    enum Owner: Sendable {
        case batch(BatchRun, pair: Int)
        case retry(HeldRetry)
    }

    let owner: Owner
    let prepared: PreparedDelivery
    let count: AttemptCount

    /// Whether it is a retry, and no pair of a batch.
    var isRetry: Bool {
        if case .retry = owner { true } else { false }
    }

    /// Whether the pair still waits to be run here.
    var isWanted: Bool {
        switch owner {
        case .batch(let run, let pair): run.isWaiting(pair)
        case .retry(let retry): retry.isWaiting
        }
    }

    /// Marks the pair as running.
    ///
    /// - Returns: Whether it is still to be run: it may have left for the inbox.
    func begin() -> Bool {
        switch owner {
        case .batch(let run, let pair): run.begin(pair)
        case .retry(let retry): retry.begin()
        }
    }

    /// Hands in what became of the pair.
    func end(_ outcome: PairOutcome) {
        switch owner {
        case .batch(let run, let pair): run.end(pair, outcome)
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
