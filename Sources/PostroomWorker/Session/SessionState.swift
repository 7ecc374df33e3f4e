import PostroomCore

/// The claims that a worker holds under one identity: decisions only.
struct SessionState {
    /// A retry that this worker holds.
    private struct Held {
        /// Its latest run; `nil` where it left its batch while it ran.
        var run: HeldRetry?
        /// The number of claims that are not settled yet: two where it was settled, and claimed again before the reply to
        /// that settlement was read.
        var claims: Int
        let size: WorkSize
    }

    var budget: CapacityBudget
    var router: Router
    let settlements = SettlementQueue()
    /// The batches that are not settled.
    private(set) var runs: [BatchID: BatchRun] = [:]
    /// The retries that are not settled.
    private var retries: [RetryKey: Held] = [:]
    /// The settlements that may have been committed although their reply was lost.
    private(set) var uncertainBatches: Set<BatchID> = []
    private(set) var uncertainRetries: Set<RetryKey> = []
    /// The time of the first lost reply whose claims, which this worker does not know, were not released yet.
    var unknownSince: Duration?
    /// The time at which the earliest retry that was written here is due.
    private(set) var nextRetryDue: Duration?
    /// `true` where there may be batches to claim.
    var mayClaim = true
    /// The number of calls under way that claim retries.
    var retryClaims = 0
    /// The suspect that runs alone.
    private(set) var suspect: RetryKey?
    /// `true` while calls that claim retries must wait.
    var holdsRetryClaims = false
    var isStopping = false
    var isDropped = false

    init(budget: CapacityBudget, router: Router) {
        self.budget = budget
        self.router = router
    }

    /// `true` where nothing is held any more.
    var isEmpty: Bool {
        runs.isEmpty && retries.isEmpty && settlements.isEmpty
    }

    /// `true` where ``TimeoutLoop`` has nothing to look after.
    var isIdle: Bool {
        isEmpty && nextRetryDue == nil && unknownSince == nil
    }

    /// Everything that is held, with the jobs that the inbox may hold as retries because a settlement's reply was lost.
    var held: HeldClaims {
        var held = HeldClaims(batches: Set(runs.keys), retries: Set(retries.keys))
        for run in runs.values {
            held.retries.formUnion(run.left)
        }
        return held
    }

    // MARK: - Taking

    mutating func took(_ run: BatchRun) {
        runs[run.id] = run
        budget.took(batch: run.size)
    }

    mutating func took(_ retry: HeldRetry) {
        let key = retry.retry.key
        let size = WorkSize(of: retry.retry.delivery)
        retries[key] = Held(run: retry, claims: (retries[key]?.claims ?? 0) + 1, size: size)
        budget.took(retry: size)
    }

    /// Marks a suspect as running; no other may run until it is settled.
    mutating func began(suspect: RetryKey) {
        self.suspect = suspect
    }

    // MARK: - Settling

    /// Takes back a chunk whose reply was lost.
    mutating func failed(_ chunk: SettlementChunk) {
        uncertainBatches.formUnion(chunk.batches.map(\.id))
        uncertainRetries.formUnion(chunk.retries.map(\.key))
        settlements.putBack(chunk)
    }

    /// Removes from a chunk the retries that were claimed again since: their settlement was committed, and to send it
    /// again would end the new claim.
    mutating func dropSettled(_ chunk: inout SettlementChunk) {
        chunk.retries.removeAll { retry in
            guard uncertainRetries.contains(retry.key), let held = retries[retry.key], held.claims > 1 else {
                return false
            }
            _ = settled(retry.key, isLost: true)
            return true
        }
    }

    /// Takes note of the reply to a batch's settlement.
    ///
    /// A batch that is lost after an error was most likely settled by the call that failed. The jobs that left it while
    /// they ran are then held by this worker; if not, their settlements change nothing.
    ///
    /// - Returns: `true` where the batch was lost for sure, so that nobody waits for its handlers.
    mutating func settled(_ run: BatchRun, isLost: Bool) -> Bool {
        let isUncertain = uncertainBatches.remove(run.id) != nil
        runs[run.id] = nil
        budget.gave(batch: run.size)
        if isLost && !isUncertain {
            run.abandon()
            return true
        }
        for (key, outcome, size) in run.commit() {
            retries[key] = Held(run: nil, claims: 1, size: size)
            budget.kept(size)
            if let outcome {
                settlements.append(RetrySettlement(key: key, outcome: outcome))
            }
        }
        return false
    }

    /// Takes note of the reply to a retry's settlement.
    ///
    /// - Returns: `true` where it was lost for sure.
    mutating func settled(_ retry: RetryKey, isLost: Bool) -> Bool {
        let isUncertain = uncertainRetries.remove(retry) != nil
        if var held = retries[retry] {
            held.claims -= 1
            retries[retry] = held.claims > 0 ? held : nil
            budget.gave(retry: held.size)
        }
        if suspect == retry {
            suspect = nil
        }
        return isLost && !isUncertain
    }

    /// `true` where the reply to a retry's settlement was lost.
    var hasUncertainRetries: Bool {
        !uncertainRetries.isEmpty
    }

    /// Remembers that a retry which was written here is due at a moment.
    mutating func willBeDue(at moment: Duration) {
        nextRetryDue = min(nextRetryDue ?? moment, moment)
    }

    /// Tells, once, that a retry which was written here has become due.
    mutating func isRetryDue(at now: Duration) -> Bool {
        guard let due = nextRetryDue, due <= now else { return false }
        nextRetryDue = nil
        return true
    }

    /// The batches that were taken at a moment or before it.
    func runs(takenBefore moment: Duration) -> [BatchRun] {
        runs.values.filter { $0.takenAt <= moment }
    }

    /// The retries that were claimed as retries.
    var heldRetries: [HeldRetry] {
        retries.values.compactMap(\.run)
    }

    /// Every batch that is not settled.
    var allRuns: [BatchRun] {
        Array(runs.values)
    }

    /// Lets go of everything: the identity is gone.
    mutating func drop() -> (runs: [BatchRun], retries: [HeldRetry]) {
        isDropped = true
        defer {
            runs = [:]
            retries = [:]
            suspect = nil
            settlements.close()
        }
        return (allRuns, heldRetries)
    }
}
