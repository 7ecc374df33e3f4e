import PostroomCore
import Synchronization

/// The gate through which a limited handler's jobs are claimed; a handler without limits over all processes has none.
final class LimitGate: Sendable {
    let handler: HandlerName
    let limits: HandlerLimits
    /// The most attempts that this worker could run at once.
    private let most: Int
    private let clock: WorkerClock
    private let retrySignal: Signal
    /// Raised when there is room for a suspect.
    private let suspectSignal: Signal
    /// Raised when slots can be given back.
    private let limitSignal: Signal
    private let state: Mutex<LimitGateState>

    /// Makes the gate of a handler, or `nil` where it has no limits over all processes.
    init?(
        _ handler: RegisteredHandler,
        most: Int,
        clock: WorkerClock,
        retrySignal: Signal,
        suspectSignal: Signal,
        limitSignal: Signal
    ) {
        let limits = handler.options.limits
        guard limits.areShared else { return nil }
        self.handler = handler.name
        self.limits = limits
        self.most = most
        self.clock = clock
        self.retrySignal = retrySignal
        self.suspectSignal = suspectSignal
        self.limitSignal = limitSignal
        let rate = limits.rate.map { CellRate($0) }
        self.state = Mutex(LimitGateState(hasShare: limits.globalConcurrency != nil, rate: rate))
    }

    /// Returns the number of jobs that may be claimed now.
    func available(at now: Duration) -> Int {
        state.withLock { $0.available(at: now) }
    }

    /// The slots of the share, and the number in use.
    var counts: (slots: Int, used: Int) {
        state.withLock { ($0.share.slots, $0.used) }
    }

    /// The time by which the attempt of a job that was claimed now must begin; `nil` where it may wait.
    var deadline: Duration? {
        state.withLock { $0.rate == nil ? nil : $0.cellsEnd }
    }

    // MARK: - The share

    /// The need for a share, with `true` where it is urgent; `nil` where the handler has no such limit.
    func need() -> (need: ShareNeed, isUrgent: Bool)? {
        guard let limit = limits.globalConcurrency else { return nil }
        let (kept, isUrgent) = state.withLock { ($0.kept, $0.isShort) }
        return (ShareNeed(handler: handler, limit: limit, kept: kept, most: most), isUrgent)
    }

    /// Takes over a share; none where the identity that had one is gone.
    func adjusted(_ share: HandlerShare?) {
        signal(state.withLock { $0.adjusted(share) })
    }

    // MARK: - The rate

    /// The request for cells before a claim of that many jobs; `nil` where none are needed or free.
    func cellRequest(_ free: Int, at now: Duration) -> CellRequest? {
        guard let rate = limits.rate, free > 0 else { return nil }
        return state.withLock { state in
            guard state.wantsCells(at: now) else { return nil }
            return CellRequest(handler: handler, rate: rate, most: min(free, state.permits))
        }
    }

    /// Takes over cells; see ``LimitGateState/took(_:askedAt:at:)``.
    func took(_ lot: CellLot?, askedAt: Duration, at now: Duration) {
        state.withLock { $0.took(lot, askedAt: askedAt, at: now) }
        signal(false)
    }

    /// The time at which cells can be taken again; `nil` where that is not known.
    var nextCellAt: Duration? {
        state.withLock { $0.nextCellAt }
    }

    // MARK: - Claims

    /// Sets permits and cells aside for a claim.
    func ask(_ count: Int) {
        state.withLock { $0.ask(count) }
    }

    /// Ends a claim; the jobs that it brought have begun to hold permits by then.
    func answered(_ count: Int, claimed: Int) {
        signal(state.withLock { $0.answered(count, claimed: claimed) })
    }

    /// Takes note of a job that was claimed.
    func began() {
        state.withLock { $0.began() }
    }

    /// Takes note that a claimed job's attempt has returned, or will not begin.
    func ended() {
        signal(state.withLock { $0.ended() })
    }

    /// Asks for the retry signal once there is room.
    ///
    /// - Returns: `false` where there is some.
    func requestSignal() -> Bool {
        let now = clock.now()
        return state.withLock { $0.requestSignal(at: now) }
    }

    /// Keeps room for a suspect that is about to be claimed.
    ///
    /// - Returns: `true` where there is some now; otherwise the suspect signal tells when.
    func keep(at now: Duration) -> Bool {
        state.withLock { $0.keep(at: now) }
    }

    /// Takes note that a suspect was claimed.
    func usedForSuspect() {
        state.withLock { $0.usedForSuspect() }
    }

    /// Keeps no room any longer.
    func release() {
        signal(state.withLock { $0.release() })
    }

    private func signal(_ isRoomForRetries: Bool) {
        let now = clock.now()
        let (isReady, canShrink) = state.withLock { ($0.isReady(at: now), $0.canShrink) }
        if isRoomForRetries {
            retrySignal.raise()
        }
        if isReady {
            suspectSignal.raise()
        }
        if canShrink {
            limitSignal.raise()
        }
    }
}
