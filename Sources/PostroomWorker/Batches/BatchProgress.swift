import PostroomCore

/// The progress of one batch's jobs: decisions only.
///
/// A batch is open until its last job has ended, or until it is ended with jobs unfinished; then it is closing, and
/// waits for its settlement to commit. A job that the inbox was told of as running is settled as a retry after that.
struct BatchProgress {
    /// One job.
    struct Job {
        /// The delivery's index in the batch.
        let delivery: Int
        var handler: HandlerName
        var status: Status
        /// The place in the order of its handler, with which it is owed.
        var order = JobOrder.none
    }

    /// The progress of one job.
    enum Status {
        /// It waits in its handler's queue, or in the preparation.
        case waiting
        /// Its handler runs.
        case running
        /// It is decided.
        case ended(JobOutcome)
        /// The inbox was told that it runs; the outcome is there once it has ended.
        case left(JobOutcome?)
    }

    enum Phase {
        case open
        case closing
        case settled
        case abandoned
    }

    /// The consequence of a job's end.
    enum EndAction {
        case none
        /// The batch has become ready to be settled.
        case close
        /// The job is a retry that this worker holds: settle it so.
        case settleRetry(delivery: Int, HandlerName, JobOutcome)
    }

    private(set) var phase = Phase.open
    private(set) var jobs: [Job] = []
    /// The time of the attempts that have ended: what a crash would repeat.
    private(set) var work = Duration.zero
    /// The number of jobs that wait or run.
    private var open = 0
    /// The number of deliveries that have no jobs yet.
    private var unprepared: Int
    private var isPrepared: [Bool]

    init(deliveries: Int) {
        self.unprepared = deliveries
        self.isPrepared = Array(repeating: false, count: deliveries)
    }

    /// `true` where every job has ended.
    var isQuiet: Bool {
        open == 0
    }

    func isWaiting(_ job: Int) -> Bool {
        if phase == .open, case .waiting = jobs[job].status {
            return true
        }
        return false
    }

    /// Adds the jobs of deliveries that were prepared.
    ///
    /// - Returns: The index of the first one, or `nil` where the batch needs no more jobs.
    mutating func add(_ new: [Job], of deliveries: Range<Int>) -> (base: Int, EndAction)? {
        guard phase == .open else { return nil }
        let base = jobs.count
        for job in new {
            if case .waiting = job.status {
                open += 1
            }
        }
        jobs.append(contentsOf: new)
        for delivery in deliveries {
            isPrepared[delivery] = true
        }
        unprepared -= deliveries.count
        return (base, closeIfDone())
    }

    /// Begins a job.
    ///
    /// - Returns: `false` where it is not to be run any more.
    mutating func begin(_ job: Int) -> Bool {
        guard isWaiting(job) else { return false }
        jobs[job].status = .running
        return true
    }

    mutating func end(_ job: Int, _ outcome: JobOutcome) -> EndAction {
        guard phase != .abandoned else { return .none }
        switch jobs[job].status {
        case .waiting, .running:
            jobs[job].status = .ended(outcome)
            open -= 1
            work += outcome.work
            return closeIfDone()
        case .left(nil):
            jobs[job].status = .left(outcome)
            open -= 1
            return phase == .settled
                ? .settleRetry(delivery: jobs[job].delivery, jobs[job].handler, outcome) : .none
        case .left, .ended:
            return .none
        }
    }

    private mutating func closeIfDone() -> EndAction {
        guard phase == .open, open == 0, unprepared == 0 else { return .none }
        phase = .closing
        return .close
    }

    /// Ends the batch although jobs are unfinished: those that wait are owed, and those that run leave.
    ///
    /// - Parameter route: Returns the handlers of a delivery that was not prepared yet.
    /// - Returns: The number of unfinished jobs, or `nil` where the batch is not open.
    mutating func detachUnfinished(
        route: (_ delivery: Int) -> [(handler: HandlerName, dueIn: Duration, order: JobOrder)]
    ) -> Int? {
        guard phase == .open else { return nil }
        phase = .closing
        var unfinished = open
        for index in jobs.indices {
            if case .waiting = jobs[index].status {
                jobs[index].status = .ended(.owed(dueIn: .zero, failure: nil))
                open -= 1
            }
        }
        for delivery in isPrepared.indices where !isPrepared[delivery] {
            for (handler, delay, order) in route(delivery) {
                owe(delivery, handler, dueIn: delay, order: order)
                unfinished += 1
            }
        }
        unprepared = 0
        return unfinished
    }

    /// Gives the jobs the names that their handlers have now.
    mutating func rename(_ currentName: (HandlerName) -> HandlerName) {
        for index in jobs.indices {
            jobs[index].handler = currentName(jobs[index].handler)
        }
    }

    /// Adds a job for a handler that the directory knows since.
    mutating func owe(_ delivery: Int, _ handler: HandlerName, dueIn delay: Duration, order: JobOrder = .none) {
        let outcome = JobOutcome.owed(dueIn: delay, failure: nil)
        jobs.append(Job(delivery: delivery, handler: handler, status: .ended(outcome), order: order))
    }

    /// Returns the jobs' outcomes for a settlement that is about to be sent.
    ///
    /// A job that is sent as running stays so in every later settlement, because an earlier one may have been committed
    /// although its reply was lost.
    mutating func send() -> [(job: Job, outcome: JobOutcome)] {
        jobs.indices.map { index in
            switch jobs[index].status {
            case .ended(let outcome):
                return (jobs[index], outcome)
            case .left:
                return (jobs[index], .running)
            case .waiting, .running:
                jobs[index].status = .left(nil)
                return (jobs[index], .running)
            }
        }
    }

    /// Lets the jobs with values of a handler leave as retries, each of which is then settled by itself: those whose
    /// attempts failed, and those that enqueued something.
    ///
    /// - Returns: `false` where there were none.
    mutating func detachValues() -> Bool {
        var isChanged = false
        for index in jobs.indices {
            switch jobs[index].status {
            case .ended(.owed(let delay, failure: let failure?)):
                jobs[index].status = .left(.owed(dueIn: delay, failure: failure))
                isChanged = true
            case .ended(.dead(let reason, let failure)):
                jobs[index].status = .left(.dead(reason: reason, failure: failure))
                isChanged = true
            case .ended(.handled(let duration, let completion)) where !completion.followUps.isEmpty:
                jobs[index].status = .left(.handled(duration: duration, completion: completion))
                isChanged = true
            case .ended, .waiting, .running, .left:
                break
            }
        }
        return isChanged
    }

    /// Takes note that the settlement was committed.
    ///
    /// - Returns: The jobs that left as retries, with the outcomes of those that have ended since.
    mutating func commit() -> [(delivery: Int, handler: HandlerName, outcome: JobOutcome?)] {
        phase = .settled
        return left
    }

    /// The jobs that the inbox was told of as running.
    var left: [(delivery: Int, handler: HandlerName, outcome: JobOutcome?)] {
        jobs.compactMap { job in
            guard case .left(let outcome) = job.status else { return nil }
            return (job.delivery, job.handler, outcome)
        }
    }

    /// Settles nothing of the batch any more: it was lost.
    mutating func abandon() {
        phase = .abandoned
    }
}

extension JobOutcome {
    /// The time of the attempt that it ends; nothing where there was none.
    fileprivate var work: Duration {
        switch self {
        case .handled(let duration, _): duration
        case .owed(_, let failure): failure?.duration ?? .zero
        case .dead(_, let failure): failure.duration
        case .running: .zero
        }
    }
}
