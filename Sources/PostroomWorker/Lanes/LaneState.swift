/// What a lane's runners do, and what waits for them: decisions only.
///
/// At most one runner is on its way at a time, and each that takes work calls the next. Handlers that return at once
/// are thereby run by few tasks that never rest, and handlers that wait still get every slot.
struct LaneState {
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
        case running(Job, since: Duration)
        /// Its attempt was cancelled, and has not returned yet.
        case cancelled(Job, began: Duration, since: Duration, AttemptEnd)
        /// Its attempt ignored the cancellation for so long that nobody waits for it.
        case zombie
    }

    /// What a runner does next.
    enum Step {
        case run(Job)
        case park
        case leave
        /// Ask again after that time.
        case rest(Duration)
    }

    /// Which runner starts work, where one is needed.
    enum Wake {
        case none
        case resume(CheckedContinuation<Void, Never>)
        case spawn(slot: Int)
    }

    let slots: Int
    let waitingLimit: Int
    let stall: Duration

    private(set) var waiting = FIFO<Job>()
    private(set) var runners: [Runner] = []
    private(set) var running = 0
    private(set) var zombies = 0
    private var vacant: [Int] = []
    private var idle: [Int] = []
    private var coming = 0
    /// The moving average of how long an attempt takes, in nanoseconds.
    private var averageRun = 0.0
    private var lastProgress = Duration.zero
    private(set) var breaker: Breaker
    private var isHungry = false
    private var isClosed = false

    init(slots: Int, waitingPerSlot: Int, stall: Duration) {
        self.slots = max(1, slots)
        self.waitingLimit = self.slots * max(1, waitingPerSlot)
        self.stall = stall
        self.breaker = Breaker(slots: self.slots)
    }

    /// How many attempts may run now.
    ///
    /// As many zombies as there are slots are replaced; each further one keeps its slot, so that a handler that never
    /// returns can't gather tasks without end.
    var capacity: Int {
        min(breaker.limit, slots - max(0, zombies - slots))
    }

    /// How many more pairs would be run at once.
    var free: Int {
        isClosed ? 0 : max(0, capacity - running - waiting.count)
    }

    // MARK: - Work

    /// Whether another pair may wait here, or a lane that makes no headway sends it back to the inbox.
    func admits(at now: Duration) -> Bool {
        guard !breaker.isOpen else { return waiting.count < breaker.limit }
        guard waiting.count >= waitingLimit else { return true }
        let wait = Double(waiting.count) * averageRun / Double(max(1, capacity))
        return max(wait, (now - lastProgress).nanoseconds) < stall.nanoseconds
    }

    mutating func enqueue(_ job: Job, at now: Duration) {
        if waiting.isEmpty && running == 0 {
            lastProgress = now
        }
        waiting.append(job)
    }

    /// Drops the waiting pairs that left for the inbox.
    mutating func purge() {
        waiting.filter { $0.isWanted }
    }

    /// Calls a runner where pairs wait, none is on its way and a slot is free.
    mutating func wake() -> Wake {
        guard !isClosed, !waiting.isEmpty, coming == 0, running < capacity else { return .none }
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

    /// A runner asks for work.
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
        guard let job = waiting.popFirst() else {
            runners[slot] = .settling
            return .park
        }
        runners[slot] = .running(job, since: now)
        running += 1
        lastProgress = now
        return .run(job)
    }

    /// A runner goes to rest.
    ///
    /// - Returns: `false` where work came meanwhile and it must ask again.
    mutating func park(_ slot: Int, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard waiting.isEmpty, !isClosed else { return false }
        runners[slot] = .idle(continuation)
        idle.append(slot)
        return true
    }

    /// A runner's attempt returned.
    ///
    /// - Parameters:
    ///   - slot: The runner's slot.
    ///   - sign: What the attempt says of the handler, where it ended by itself.
    ///   - now: When it returned.
    /// - Returns: How it ended, and what the runner does next: one that was cancelled leaves, as its task stays so.
    mutating func finish(_ slot: Int, _ sign: Breaker.Sign, at now: Duration) -> Finish {
        switch runners[slot] {
        case .running(_, let since):
            running -= 1
            took(now - since)
            let change = breaker.note(sign, at: now)
            return Finish(end: .own, step: ask(slot, at: now), change: change)
        case .cancelled(_, let began, _, let end):
            running -= 1
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

    /// What follows from an attempt's return.
    struct Finish {
        let end: AttemptEnd
        let step: Step
        var change: Breaker.Change?
    }

    /// A runner found that its pair has left for the inbox.
    mutating func skip(_ slot: Int, at now: Duration) -> Step {
        running -= 1
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
    mutating func cancel(_ end: AttemptEnd, at now: Duration, where isMeant: (Job, Duration) -> Bool) -> [Int] {
        var slots: [Int] = []
        for slot in runners.indices {
            if case .running(let job, let since) = runners[slot], isMeant(job, since) {
                runners[slot] = .cancelled(job, began: since, since: now, end)
                slots.append(slot)
            }
        }
        return slots
    }

    /// Gives up the attempts that were cancelled that long ago and go on.
    ///
    /// - Returns: Their pairs, why they had been cancelled, and what that changed.
    mutating func abandon(
        cancelledBefore moment: Duration,
        at now: Duration
    ) -> [(job: Job, end: AttemptEnd, change: Breaker.Change?)] {
        var abandoned: [(job: Job, end: AttemptEnd, change: Breaker.Change?)] = []
        for slot in runners.indices {
            if case .cancelled(let job, let began, let since, let end) = runners[slot], since <= moment {
                runners[slot] = .zombie
                running -= 1
                zombies += 1
                took(now - began)
                let change = breaker.note(end == .timedOut ? .failure : .none, at: now)
                abandoned.append((job, end, change))
            }
        }
        return abandoned
    }

    /// Takes no more work and drops what waits.
    ///
    /// - Returns: The runners that rest, to be resumed and to leave.
    mutating func close() -> [CheckedContinuation<Void, Never>] {
        isClosed = true
        waiting = FIFO()
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

    /// Asks to be told when half of the slots are free, because more retries are due than it can take.
    mutating func becomeHungry() {
        isHungry = true
    }

    /// Whether it is time to tell.
    mutating func isFed() -> Bool {
        guard isHungry, free > 0, free * 2 >= capacity else { return false }
        isHungry = false
        return true
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
