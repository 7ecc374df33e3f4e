import PostroomCore
import Synchronization

/// A worker's life under one identity: from its registration until it stops or is rescued.
///
/// It guards ``SessionState`` and wakes the loops. Batches and retries do not know it: they know its ``SettlementQueue``.
final class Session: Sendable {
    let worker: WorkerID
    let settlements: SettlementQueue
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
    ///   - state: Its first state.
    ///   - watchSignal: The signal for ``TimeoutLoop``, raised when there is something whose time must be watched.
    init(_ worker: WorkerID, _ state: SessionState, watchSignal: Signal) {
        self.worker = worker
        self.settlements = state.settlements
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

    /// `true` once nothing is left to settle and nothing more comes.
    var isDrained: Bool {
        state.withLock { $0.isDropped || $0.isStopping && $0.isEmpty }
    }

    /// Tells whether so much more may be held.
    func fits(_ size: WorkSize, reserved: WorkSize) -> Bool {
        state.withLock { !$0.isStopping && !$0.isDropped && $0.budget.fits(size, reserved: reserved) }
    }

    // MARK: - Taking

    /// Takes over batches that were claimed.
    ///
    /// - Parameters:
    ///   - batches: The batches.
    ///   - isFirstRun: `true` where nobody can have run them before.
    ///   - now: The time, by the worker's clock.
    /// - Returns: Their runs; none where the session is over, and the inbox gives the batches to other workers.
    func take(_ batches: [ClaimedBatch], isFirstRun: Bool = false, at now: Duration) -> [BatchRun] {
        let runs = state.withLock { state -> [BatchRun] in
            guard !state.isDropped else { return [] }
            return batches.map { batch in
                let run = BatchRun(
                    batch,
                    heldBy: worker,
                    isFirstRun: isFirstRun,
                    takenAt: now,
                    router: state.router,
                    settlements: settlements
                )
                state.took(run)
                return run
            }
        }
        if !runs.isEmpty {
            watchSignal.raise()
        }
        return runs
    }

    /// Takes over retries that were claimed.
    func take(_ retries: [ClaimedRetry], gates: [HandlerName: LimitGate] = [:]) -> [HeldRetry] {
        let held = state.withLock { state -> [HeldRetry] in
            guard !state.isDropped else { return [] }
            return retries.map { retry in
                let held = HeldRetry(
                    retry,
                    heldBy: worker,
                    isSuspect: state.suspect == retry.key,
                    isTransactional: state.router.isTransactional(retry.key.handler),
                    settlements: settlements,
                    gate: gates[retry.key.handler]
                )
                state.took(held)
                return held
            }
        }
        if !held.isEmpty {
            watchSignal.raise()
        }
        return held
    }

    /// Ends a call that claims retries.
    ///
    /// - Parameter asked: The capacity that was set aside for it.
    func claimedRetries(_ asked: WorkSize) {
        state.withLock { state in
            state.budget.answered(asked)
            state.retryClaims -= 1
        }
        retryClaimEnded.raise()
    }

    /// Forgets a retry that went back to the inbox without a settlement.
    func letGo(_ key: RetryKey) {
        let isDrained = state.withLock { state in
            _ = state.settled(key, isLost: false)
            return state.isStopping && state.isEmpty
        }
        suspectEnded.raise()
        if isDrained {
            drained.raise()
        }
    }

    // MARK: - Waking

    /// Has ``SettleAndClaimLoop`` claim with its next turn: there may be batches.
    func claimSoon() {
        state.withLock { $0.mayClaim = true }
        settlements.workSignal.raise()
    }

    /// Remembers that a retry which was written here is due at a moment.
    func willBeDue(at moment: Duration) {
        state.withLock { $0.willBeDue(at: moment) }
        watchSignal.raise()
    }

    /// Remembers that a reply was lost: the inbox may hold claims for this worker that it does not know.
    func mayHaveUnknownClaims(at now: Duration) {
        state.withLock { $0.unknownSince = $0.unknownSince ?? now }
        watchSignal.raise()
    }

    // MARK: - Changing

    /// Takes over a newer directory.
    ///
    /// - Returns: `false` where it is not newer.
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

    /// Begins the end: nothing more is claimed, and retries that have not begun are released.
    func stop() {
        let retries = state.withLock { state in
            state.isStopping = true
            return state.heldRetries
        }
        for retry in retries {
            retry.release()
        }
        ending.raise()
        settlements.workSignal.raise()
    }

    /// Lets go of everything, because the identity is gone: nothing that it held is settled any more.
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
        settlements.workSignal.raise()
        suspectEnded.raise()
    }
}
