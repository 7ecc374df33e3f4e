import PostroomCore

/// How far the pairs of one batch are: decisions only.
///
/// A batch is open until its last pair has ended, or until it is spilled; then it is closing, and waits for its
/// settlement to commit. What was told to the inbox as running is settled as a retry after that commit.
struct BatchProgress {
    /// One pair.
    struct Pair {
        /// The delivery's index in the batch.
        let delivery: Int
        let handler: HandlerName
        var status: Status
    }

    /// How far a pair is.
    enum Status {
        /// It waits in a lane, or in the preparation.
        case waiting
        /// Its handler runs.
        case running
        /// It is decided.
        case ended(PairOutcome)
        /// The inbox was told that it runs; with its outcome where that came since.
        case left(PairOutcome?)
    }

    enum Phase {
        case open
        case closing
        case settled
        case abandoned
    }

    /// What follows from the end of a pair.
    enum EndAction {
        case none
        /// The batch has become ready to be settled.
        case close
        /// The pair is a retry that this worker holds: settle it so.
        case settleRetry(delivery: Int, HandlerName, PairOutcome)
    }

    private(set) var phase = Phase.open
    private(set) var pairs: [Pair] = []
    /// How many pairs wait or run.
    private var open = 0
    /// How many deliveries have no pairs yet.
    private var unprepared: Int
    private var isPrepared: [Bool]

    init(deliveries: Int) {
        self.unprepared = deliveries
        self.isPrepared = Array(repeating: false, count: deliveries)
    }

    /// Whether everything has ended that was begun.
    var isQuiet: Bool {
        open == 0
    }

    func isWaiting(_ pair: Int) -> Bool {
        if phase == .open, case .waiting = pairs[pair].status {
            return true
        }
        return false
    }

    /// Adds the pairs of deliveries that were prepared.
    ///
    /// - Returns: The index of the first one, or `nil` where the batch needs no more pairs.
    mutating func add(_ new: [Pair], of deliveries: Range<Int>) -> (base: Int, EndAction)? {
        guard phase == .open else { return nil }
        let base = pairs.count
        for pair in new {
            if case .waiting = pair.status {
                open += 1
            }
        }
        pairs.append(contentsOf: new)
        for delivery in deliveries {
            isPrepared[delivery] = true
        }
        unprepared -= deliveries.count
        return (base, closeIfDone())
    }

    /// Begins a pair.
    ///
    /// - Returns: Whether it is still to be run.
    mutating func begin(_ pair: Int) -> Bool {
        guard isWaiting(pair) else { return false }
        pairs[pair].status = .running
        return true
    }

    mutating func end(_ pair: Int, _ outcome: PairOutcome) -> EndAction {
        guard phase != .abandoned else { return .none }
        switch pairs[pair].status {
        case .waiting, .running:
            pairs[pair].status = .ended(outcome)
            open -= 1
            return closeIfDone()
        case .left(nil):
            pairs[pair].status = .left(outcome)
            open -= 1
            return phase == .settled
                ? .settleRetry(delivery: pairs[pair].delivery, pairs[pair].handler, outcome) : .none
        case .left, .ended:
            return .none
        }
    }

    private mutating func closeIfDone() -> EndAction {
        guard phase == .open, open == 0, unprepared == 0 else { return .none }
        phase = .closing
        return .close
    }

    /// Ends the batch although pairs are unfinished: what waits is owed, and what runs leaves.
    ///
    /// - Parameter route: The handlers of a delivery that was not prepared yet.
    /// - Returns: How many pairs are unfinished, or `nil` where the batch is not open.
    mutating func spill(route: (_ delivery: Int) -> [(handler: HandlerName, dueIn: Duration)]) -> Int? {
        guard phase == .open else { return nil }
        phase = .closing
        var unfinished = open
        for index in pairs.indices {
            if case .waiting = pairs[index].status {
                pairs[index].status = .ended(.owed(dueIn: .zero, failure: nil))
                open -= 1
            }
        }
        for delivery in isPrepared.indices where !isPrepared[delivery] {
            for (handler, delay) in route(delivery) {
                owe(delivery, handler, dueIn: delay)
                unfinished += 1
            }
        }
        unprepared = 0
        return unfinished
    }

    /// Adds a pair for a handler that the directory knows since.
    mutating func owe(_ delivery: Int, _ handler: HandlerName, dueIn delay: Duration) {
        let outcome = PairOutcome.owed(dueIn: delay, failure: nil)
        pairs.append(Pair(delivery: delivery, handler: handler, status: .ended(outcome)))
    }

    /// The pairs' outcomes for a settlement that is about to be sent.
    ///
    /// What is sent as running stays so in every later settlement, because an earlier one may have been committed
    /// although its reply was lost.
    mutating func send() -> [(pair: Pair, outcome: PairOutcome)] {
        pairs.indices.map { index in
            switch pairs[index].status {
            case .ended(let outcome):
                return (pairs[index], outcome)
            case .left:
                return (pairs[index], .running)
            case .waiting, .running:
                pairs[index].status = .left(nil)
                return (pairs[index], .running)
            }
        }
    }

    /// Lets the pairs whose attempts failed leave as retries, each of which is then settled by itself.
    ///
    /// - Returns: Whether there were any.
    mutating func detachFailures() -> Bool {
        var isChanged = false
        for index in pairs.indices {
            switch pairs[index].status {
            case .ended(.owed(let delay, failure: let failure?)):
                pairs[index].status = .left(.owed(dueIn: delay, failure: failure))
                isChanged = true
            case .ended(.dead(let reason, let failure)):
                pairs[index].status = .left(.dead(reason: reason, failure: failure))
                isChanged = true
            case .ended, .waiting, .running, .left:
                break
            }
        }
        return isChanged
    }

    /// The settlement was committed.
    ///
    /// - Returns: The pairs that left as retries, with their outcomes where they have ended since.
    mutating func commit() -> [(delivery: Int, handler: HandlerName, outcome: PairOutcome?)] {
        phase = .settled
        return left
    }

    /// The pairs that the inbox was told of as running.
    var left: [(delivery: Int, handler: HandlerName, outcome: PairOutcome?)] {
        pairs.compactMap { pair in
            guard case .left(let outcome) = pair.status else { return nil }
            return (pair.delivery, pair.handler, outcome)
        }
    }

    /// The batch was lost: nothing of it is settled any more.
    mutating func abandon() {
        phase = .abandoned
    }
}
