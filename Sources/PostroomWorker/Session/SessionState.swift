import PostroomCore

/// What a worker holds under one identity: decisions only.
struct SessionState {
    /// A retry that is held.
    private struct Held {
        /// Its latest run; `nil` where it left its batch as running.
        var run: HeldRetry?
        /// How often it was claimed and not settled yet: twice, where it was settled, and claimed again before that
        /// settlement's reply was read.
        var claims: Int
        let size: WorkSize
    }

    var budget: CapacityBudget
    var router: Router
    var settlements = SettlementQueue()
    /// The batches that are not settled.
    private(set) var runs: [BatchID: BatchRun] = [:]
    /// The retries that are not settled.
    private var retries: [RetryKey: Held] = [:]
    /// Settlements that may have been committed although their reply was lost.
    private(set) var uncertainBatches: Set<BatchID> = []
    private(set) var uncertainRetries: Set<RetryKey> = []
    /// Since when there may be claims that nobody knows of.
    var unknownSince: Duration?
    /// When the earliest retry that was written here is due.
    private(set) var nextRetryDue: Duration?
    /// Whether there may be batches to claim.
    var mayClaim = true
    /// How many calls that claim retries are under way.
    var retryClaims = 0
    /// The suspect that runs alone.
    private(set) var suspect: RetryKey?
    /// Whether calls that claim retries must wait.
    var holdsRetryClaims = false
    var isStopping = false
    var isDropped = false

    init(budget: CapacityBudget, router: Router) {
        self.budget = budget
        self.router = router
    }

    /// Whether nothing is held any more.
    var isEmpty: Bool {
        runs.isEmpty && retries.isEmpty && settlements.isEmpty
    }

    /// Whether there is anything to look after.
    var isIdle: Bool {
        isEmpty && nextRetryDue == nil && unknownSince == nil
    }

    /// Everything that is held, and what the inbox may hold as retries because a settlement's reply was lost.
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

    /// A suspect is about to run; no other may until it is settled.
    mutating func began(suspect: RetryKey) {
        self.suspect = suspect
    }

    // MARK: - Settling

    /// A settlement's reply was lost.
    mutating func failed(_ chunk: SettlementChunk) {
        uncertainBatches.formUnion(chunk.batches.map(\.id))
        uncertainRetries.formUnion(chunk.retries.map(\.key))
        settlements.putBack(chunk)
    }

    /// Leaves out of a chunk the retries that were claimed again since: their settlement was committed, and sending it
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

    /// A batch's settlement was answered.
    ///
    /// A batch that is lost after an error was most likely settled by the call that failed. What left it as running is
    /// then held by this worker; if not, its settlement changes nothing.
    ///
    /// - Returns: Whether the batch was lost for sure, so that nobody waits for its handlers.
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

    /// A retry's settlement was answered.
    ///
    /// - Returns: Whether it was lost for sure.
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

    /// Whether the fate of a retry's settlement is unknown.
    var hasUncertainRetries: Bool {
        !uncertainRetries.isEmpty
    }

    /// Remembers when a retry that was written here is due.
    mutating func willBeDue(at moment: Duration) {
        nextRetryDue = min(nextRetryDue ?? moment, moment)
    }

    /// Whether a retry that was written here has become due.
    mutating func isRetryDue(at now: Duration) -> Bool {
        guard let due = nextRetryDue, due <= now else { return false }
        nextRetryDue = nil
        return true
    }

    /// The batches that have waited too long.
    func runs(takenBefore moment: Duration) -> [BatchRun] {
        runs.values.filter { $0.takenAt <= moment }
    }

    /// The retries that were claimed as such.
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
            settlements = SettlementQueue()
        }
        return (allRuns, heldRetries)
    }
}
