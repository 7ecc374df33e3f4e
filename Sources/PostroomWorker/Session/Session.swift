import PostroomCore
import Synchronization

/// A worker's life under one identity: from its registration until it stops or is rescued.
final class Session: Sendable {
    let worker: WorkerID
    /// Raised when there is something to settle, or perhaps to claim.
    let workSignal = Signal()
    /// Raised when the identity is gone, or the worker stops.
    let ending = Signal()
    /// Raised when the last held job may be settled.
    let drained = Signal()
    /// Raised to ask for the heartbeat at once.
    let heartbeatSignal = Signal()
    /// Raised when a call that claims retries has ended.
    let retryClaimEnded = Signal()
    /// Raised when the suspect that ran alone is settled.
    let suspectEnded = Signal()
    private let watchSignal: Signal
    private let state: Mutex<SessionState>

    /// Begins a session.
    ///
    /// - Parameters:
    ///   - worker: The identity.
    ///   - state: How it begins.
    ///   - watchSignal: Raised when there is something whose time must be watched.
    init(_ worker: WorkerID, _ state: SessionState, watchSignal: Signal) {
        self.worker = worker
        self.state = Mutex(state)
        self.watchSignal = watchSignal
    }

    /// Reads or changes the state in one step.
    func with<Result: Sendable>(_ body: (inout SessionState) -> Result) -> Result {
        state.withLock { state in body(&state) }
    }

    var router: Router {
        state.withLock { $0.router }
    }

    var isStopping: Bool {
        state.withLock { $0.isStopping }
    }

    var isDropped: Bool {
        state.withLock { $0.isDropped }
    }

    /// Whether the worker stops and nothing is left to settle.
    var isDrained: Bool {
        state.withLock { $0.isDropped || $0.isStopping && $0.isEmpty }
    }

    /// Whether there is room for so much more.
    func fits(_ size: WorkSize, reserved: WorkSize) -> Bool {
        state.withLock { !$0.isStopping && !$0.isDropped && $0.budget.fits(size, reserved: reserved) }
    }

    // MARK: - Taking

    /// Takes batches over.
    ///
    /// - Returns: Their runs; none where the session is over, and they come back by themselves.
    func take(_ batches: [ClaimedBatch], at now: Duration) -> [BatchRun] {
        let runs = state.withLock { state -> [BatchRun] in
            guard !state.isDropped else { return [] }
            return batches.map { batch in
                let run = BatchRun(batch, takenAt: now, router: state.router, session: self)
                state.took(run)
                return run
            }
        }
        if !runs.isEmpty {
            watchSignal.raise()
        }
        return runs
    }

    /// Takes retries over.
    func take(_ retries: [ClaimedRetry]) -> [HeldRetry] {
        let held = state.withLock { state -> [HeldRetry] in
            guard !state.isDropped else { return [] }
            return retries.map { retry in
                let held = HeldRetry(retry, isSuspect: state.suspect == retry.key, session: self)
                state.took(held)
                return held
            }
        }
        if !held.isEmpty {
            watchSignal.raise()
        }
        return held
    }

    /// A call that claims retries has ended.
    func claimedRetries(_ asked: WorkSize) {
        state.withLock { state in
            state.budget.answered(asked)
            state.retryClaims -= 1
        }
        retryClaimEnded.raise()
    }

    // MARK: - Ending

    /// A batch is ready to be settled.
    func closed(_ run: BatchRun) {
        state.withLock { state in
            if !state.isDropped {
                state.settlements.append(run)
            }
        }
        workSignal.raise()
    }

    /// A retry has ended.
    func ended(_ key: RetryKey, _ outcome: JobOutcome) {
        state.withLock { state in
            if !state.isDropped {
                state.settlements.append(RetrySettlement(key: key, outcome: outcome))
            }
        }
        workSignal.raise()
    }

    /// Says that there may be batches to claim.
    func claimSoon() {
        state.withLock { $0.mayClaim = true }
        workSignal.raise()
    }

    /// A retry was written here that is due at that moment.
    func willBeDue(at moment: Duration) {
        state.withLock { $0.willBeDue(at: moment) }
        watchSignal.raise()
    }

    /// A reply was lost: there may be claims that nobody knows of.
    func mayHaveUnknownClaims(at now: Duration) {
        state.withLock { $0.unknownSince = $0.unknownSince ?? now }
        watchSignal.raise()
    }

    /// Takes a newer directory over.
    ///
    /// - Returns: Whether it is newer.
    func learn(_ router: Router) -> Bool {
        state.withLock { state in
            guard router.version > state.router.version else { return false }
            state.router = router
            return true
        }
    }

    /// Lets no call claim retries from now on, and returns when the one under way has ended.
    func holdRetryClaims() async {
        state.withLock { $0.holdsRetryClaims = true }
        while state.withLock({ $0.retryClaims > 0 }), !Task.isCancelled {
            await retryClaimEnded.wait()
        }
    }

    /// Claims nothing more, and gives back what has not begun.
    func stop() {
        let retries = state.withLock { state in
            state.isStopping = true
            return state.heldRetries
        }
        for retry in retries {
            retry.release()
        }
        ending.raise()
        workSignal.raise()
    }

    /// The identity is gone: nothing that it held is settled any more.
    func drop() {
        let (runs, retries) = state.withLock { $0.drop() }
        for run in runs {
            run.abandon()
        }
        for retry in retries {
            retry.abandon()
        }
        ending.raise()
        drained.raise()
        workSignal.raise()
        suspectEnded.raise()
    }
}
