import DequeModule

/// The attempts that wait for one handler, and the runners in its slots: decisions only.
///
/// At most one runner is on its way at a time, and each that takes work calls the next. Handlers that return at once
/// are thereby run by few tasks that never rest, and handlers that wait still get every slot.
struct HandlerQueueState {
    /// The task in a slot.
    enum Runner {
        /// There is none.
        case vacant
        /// It was made or woken, and has not asked for work yet.
        case coming
        /// It found no work and is about to wait for some.
        case settling
        /// It waits for work.
        case idle(CheckedContinuation<Void, Never>)
        /// It runs an attempt.
        case running(QueuedAttempt, since: Duration)
        /// Its attempt was cancelled, and has not returned yet.
        case cancelled(QueuedAttempt, began: Duration, since: Duration, AttemptEnd)
        /// Its attempt ignored the cancellation for so long that nobody waits for it.
        case zombie
    }

    /// The next step of a runner.
    enum Step {
        case run(QueuedAttempt)
        /// Its job is owed again after that time: it must not begin now.
        case owe(QueuedAttempt, dueIn: Duration)
        case park
        case leave
        /// Ask again after that time.
        case rest(Duration)
    }

    /// The runner that starts work, where one is needed.
    enum Wake {
        case none
        case resume(CheckedContinuation<Void, Never>)
        case spawn(slot: Int)
    }

    let slots: Int
    let waitingLimit: Int
    let stall: Duration

    /// The waiting attempts for jobs of batches.
    private var waiting = Deque<QueuedAttempt>()
    /// The waiting attempts for retries.
    ///
    /// They go before what came in batches, which keeps coming; and as no more of them are claimed than their share of the
    /// slots, they stop nothing.
    private var retries = Deque<QueuedAttempt>()
    /// The crash suspect that waits; it has its slot.
    private var suspect: QueuedAttempt?
    private var retriesRunning = 0
    /// `true` while one slot is kept for a suspect that is about to be claimed.
    private var isSlotKept = false
    /// `true` while ``SuspectLoop`` waits for that slot to be free.
    private var isSlotAwaited = false
    private(set) var runners: [Runner] = []
    private(set) var running = 0
    private(set) var zombies = 0
    private var vacant: [Int] = []
    private var idle: [Int] = []
    private var coming = 0
    /// The moving average of how long an attempt takes, in nanoseconds.
    private var averageRun = 0.0
    private var lastProgress = Duration.zero
    private(set) var breaker: CircuitBreaker
    /// The end of the time for which the handler said that it is busy.
    var heldBackUntil = Duration.zero
    private var wantsRetrySignal = false
    private var isClosed = false

    init(slots: Int, waitingPerSlot: Int, stall: Duration) {
        self.slots = max(1, slots)
        self.waitingLimit = self.slots * max(1, waitingPerSlot)
        self.stall = stall
        self.breaker = CircuitBreaker(slots: self.slots)
    }

    /// The numbers of attempts that wait for jobs of batches, and for retries.
    var waitingCounts: (batches: Int, retries: Int) {
        (waiting.count, retries.count)
    }

    /// The number of attempts that may run now.
    ///
    /// As many zombies as there are slots are replaced; each further one keeps its slot, so that a handler that never
    /// returns can't gather tasks without end.
    var capacity: Int {
        min(breaker.limit, slots - max(0, zombies - slots))
    }

    /// The number of further attempts that would be run at once.
    var free: Int {
        isClosed ? 0 : max(0, capacity - running - waiting.count - retries.count)
    }

    /// The number of slots that retries get although jobs of batches wait: an eighth, and at least one.
    private var retryShare: Int {
        min(capacity, max(1, slots / 8))
    }

    /// Returns the number of retries that may be claimed.
    ///
    /// Only free slots count where no job of a batch waits, or nothing moves: a handler that is stuck is given nothing to
    /// hold.
    func availableRetries(at now: Duration) -> Int {
        guard now >= heldBackUntil else { return 0 }
        guard !isClosed, !waiting.isEmpty, now - lastProgress < stall else { return free }
        return max(free, retryShare - retries.count - retriesRunning)
    }

    /// Tells whether its attempts take long, so that whatever waits here waits for them and not for the processor.
    ///
    /// - Parameters:
    ///   - moment: The time before which an attempt that still runs began too long ago.
    ///   - now: The time.
    /// - Returns: `true` for a handler with such an attempt, one that its circuit breaker slows, and one that is held back.
    func isSlow(beganBefore moment: Duration, at now: Duration) -> Bool {
        breaker.isOpen || zombies > 0 || now < heldBackUntil
            || runners.contains { runner in
                switch runner {
                case .running(_, let since), .cancelled(_, let since, _, _): since <= moment
                case .vacant, .coming, .settling, .idle, .zombie: false
                }
            }
    }

    // MARK: - Work

    /// Tells whether another attempt may wait here; a handler that makes no headway sends its job back to the inbox.
    func admits(at now: Duration) -> Bool {
        guard !breaker.isOpen else { return waiting.count < breaker.limit }
        guard waiting.count >= waitingLimit else { return true }
        let wait = Double(waiting.count) * averageRun / Double(max(1, capacity))
        return max(wait, (now - lastProgress).nanoseconds) < stall.nanoseconds
    }

    mutating func enqueue(_ attempt: QueuedAttempt, at now: Duration) {
        if waiting.isEmpty && running == 0 {
            lastProgress = now
        }
        switch attempt.owner {
        case .batch: waiting.append(attempt)
        case .retry(let retry) where retry.isSuspect: suspect = attempt
        case .retry: retries.append(attempt)
        }
    }

    /// Drops the attempts whose jobs have left for the inbox.
    mutating func purge() {
        waiting.removeAll { !$0.isWanted }
        retries.removeAll { !$0.isWanted }
        if suspect?.isWanted == false {
            suspect = nil
        }
    }

    /// `true` where an attempt can begin.
    private var canBegin: Bool {
        guard !isClosed else { return false }
        guard suspect == nil else { return running < capacity }
        return !(waiting.isEmpty && retries.isEmpty) && running < capacity - (isSlotKept ? 1 : 0)
    }

    /// Takes the attempt that runs next: the suspect, a retry, a job of a batch.
    private mutating func next() -> QueuedAttempt? {
        if let attempt = suspect.take() {
            isSlotKept = false
            return attempt
        }
        guard running < capacity - (isSlotKept ? 1 : 0) else { return nil }
        return retries.popFirst() ?? waiting.popFirst()
    }

    /// Starts a runner where attempts wait, none is on its way and a slot is free.
    mutating func wake() -> Wake {
        guard canBegin, coming == 0 else { return .none }
        coming = 1
        if let slot = idle.popLast(), case .idle(let continuation) = runners[slot] {
            runners[slot] = .coming
            return .resume(continuation)
        }
        let slot = vacant.popLast() ?? runners.count
        if slot == runners.count {
            runners.append(.coming)
        } else {
            runners[slot] = .coming
        }
        return .spawn(slot: slot)
    }

    // MARK: - Runners

    /// Returns the next step of a runner that asks for work.
    mutating func ask(_ slot: Int, at now: Duration) -> Step {
        if case .coming = runners[slot] {
            coming = 0
        }
        guard !isClosed, running < capacity else { return leave(slot) }
        let pause = breaker.pause(at: now)
        guard pause == .zero else {
            // It counts as on its way, so that no other is called meanwhile.
            guard coming == 0 else { return leave(slot) }
            runners[slot] = .coming
            coming = 1
            return .rest(pause)
        }
        guard let attempt = next() else {
            // What waits may have to leave a slot to a suspect.
            guard waiting.isEmpty, retries.isEmpty else { return leave(slot) }
            runners[slot] = .settling
            return .park
        }
        if let delay = delay(of: attempt, at: now) {
            runners[slot] = .settling
            return .owe(attempt, dueIn: delay)
        }
        runners[slot] = .running(attempt, since: now)
        running += 1
        retriesRunning += attempt.isRetry ? 1 : 0
        lastProgress = now
        return .run(attempt)
    }

    /// Returns the time after which an attempt that must not begin now is owed; `nil` where it may begin.
    private func delay(of attempt: QueuedAttempt, at now: Duration) -> Duration? {
        guard now >= heldBackUntil else { return heldBackUntil - now }
        return attempt.deadline.flatMap { now >= $0 ? .zero : nil }
    }

    /// Takes note of an attempt that needs its slot no more.
    private mutating func ended(_ attempt: QueuedAttempt) {
        running -= 1
        retriesRunning -= attempt.isRetry ? 1 : 0
    }

    /// Lets a runner rest.
    ///
    /// - Returns: `false` where work came meanwhile and it must ask again.
    mutating func park(_ slot: Int, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard !canBegin, !isClosed else { return false }
        runners[slot] = .idle(continuation)
        idle.append(slot)
        return true
    }

    /// Takes note that a runner's attempt returned.
    ///
    /// - Parameters:
    ///   - slot: The runner's slot.
    ///   - sign: The evidence of the attempt about its handler, where it ended by itself.
    ///   - now: The time at which it returned.
    /// - Returns: The kind of end, and the runner's next step: one that was cancelled leaves, as its task stays cancelled.
    mutating func finish(_ slot: Int, _ sign: CircuitBreaker.Sign, at now: Duration) -> Finish {
        switch runners[slot] {
        case .running(let attempt, let since):
            ended(attempt)
            took(now - since)
            let change = breaker.note(sign, at: now)
            return Finish(end: .own, step: ask(slot, at: now), change: change)
        case .cancelled(let attempt, let began, _, let end):
            ended(attempt)
            took(now - began)
            let change = breaker.note(end == .timedOut ? .failure : .none, at: now)
            return Finish(end: end, step: leave(slot), change: change)
        case .zombie:
            zombies -= 1
            return Finish(end: .dropped, step: leave(slot))
        case .vacant, .coming, .settling, .idle:
            return Finish(end: .dropped, step: leave(slot))
        }
    }

    /// The consequence of an attempt's return.
    struct Finish {
        let end: AttemptEnd
        let step: Step
        var change: CircuitBreaker.Change?
    }

    /// Returns the next step of a runner whose job has left for the inbox.
    mutating func skip(_ slot: Int, at now: Duration) -> Step {
        if case .running(let attempt, _) = runners[slot] {
            ended(attempt)
        }
        return ask(slot, at: now)
    }

    private mutating func took(_ duration: Duration) {
        averageRun += (duration.nanoseconds - averageRun) * 0.1
    }

    private mutating func leave(_ slot: Int) -> Step {
        runners[slot] = .vacant
        vacant.append(slot)
        return .leave
    }

    // MARK: - Cancellation

    /// Marks the attempts that the predicate picks as cancelled.
    ///
    /// - Returns: Their slots, whose tasks are to be cancelled.
    mutating func cancel(_ end: AttemptEnd, at now: Duration, where isMeant: (QueuedAttempt, Duration) -> Bool) -> [Int]
    {
        var slots: [Int] = []
        for slot in runners.indices {
            if case .running(let attempt, let since) = runners[slot], isMeant(attempt, since) {
                runners[slot] = .cancelled(attempt, began: since, since: now, end)
                slots.append(slot)
            }
        }
        return slots
    }

    /// Gives up the attempts that were cancelled that long ago and go on.
    ///
    /// - Returns: The attempts, the reasons for their cancellation, and the changes of the circuit breaker.
    mutating func abandon(
        cancelledBefore moment: Duration,
        at now: Duration
    ) -> [(attempt: QueuedAttempt, end: AttemptEnd, change: CircuitBreaker.Change?)] {
        var abandoned: [(attempt: QueuedAttempt, end: AttemptEnd, change: CircuitBreaker.Change?)] = []
        for slot in runners.indices {
            if case .cancelled(let attempt, let began, let since, let end) = runners[slot], since <= moment {
                runners[slot] = .zombie
                ended(attempt)
                zombies += 1
                took(now - began)
                let change = breaker.note(end == .timedOut ? .failure : .none, at: now)
                abandoned.append((attempt, end, change))
            }
        }
        return abandoned
    }

    /// Takes no more work, and drops what waits.
    ///
    /// - Returns: The runners that rest, to be resumed and to leave.
    mutating func close() -> [CheckedContinuation<Void, Never>] {
        isClosed = true
        waiting = Deque()
        retries = Deque()
        suspect = nil
        var resting: [CheckedContinuation<Void, Never>] = []
        for slot in idle {
            if case .idle(let continuation) = runners[slot] {
                runners[slot] = .settling
                resting.append(continuation)
            }
        }
        idle = []
        return resting
    }

    // MARK: - Retries

    /// Asks for the retry signal once half of the slots are free, or half of the retries' share, because more retries are
    /// due than it can take.
    mutating func requestRetrySignal() {
        wantsRetrySignal = true
    }

    /// Tells, once, that the retry signal which was asked for is to be raised.
    mutating func shouldSignalRetries(at now: Duration) -> Bool {
        guard wantsRetrySignal, availableRetries(at: now) > 0 else { return false }
        guard free * 2 >= capacity || (retries.count + retriesRunning) * 2 <= retryShare else { return false }
        wantsRetrySignal = false
        return true
    }

    /// Keeps the next slot that is free for a suspect: it must begin as soon as it is claimed.
    ///
    /// - Returns: `true` where one is free now; otherwise ``isSlotReady()`` tells when.
    mutating func keepSlot() -> Bool {
        guard !isClosed else { return false }
        isSlotKept = true
        isSlotAwaited = running >= capacity
        return !isSlotAwaited
    }

    /// Tells, once, that the slot which is kept is free.
    mutating func isSlotReady() -> Bool {
        guard isSlotAwaited, running < capacity else { return false }
        isSlotAwaited = false
        return true
    }

    /// Keeps no slot any longer.
    mutating func releaseSlot() {
        isSlotKept = false
        isSlotAwaited = false
    }
}

extension Duration {
    /// The duration in nanoseconds, near enough for averages.
    var nanoseconds: Double {
        Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9
    }

    /// The duration in whole nanoseconds; the nearest number where it has more than 64 bits.
    var wholeNanoseconds: Int64 {
        Int64(exactly: nanoseconds.rounded()) ?? (self < .zero ? .min : .max)
    }
}
