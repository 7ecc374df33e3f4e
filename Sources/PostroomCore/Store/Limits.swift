/// A worker's use of a handler's concurrency over all processes, by which its share is adjusted.
public struct ShareNeed: Hashable, Sendable {
    /// The handler.
    public let handler: HandlerName
    /// The most attempts at once over all processes.
    public let limit: Int
    /// The number of slots that the worker keeps: it uses no more, until it hears of its share.
    public let kept: Int
    /// The most attempts that the worker could run at once.
    public let most: Int

    /// Describes a need.
    public init(handler: HandlerName, limit: Int, kept: Int, most: Int) {
        self.handler = handler
        self.limit = limit
        self.kept = kept
        self.most = most
    }

    /// Returns the worker's share.
    ///
    /// The limit is divided among the workers that have the handler; the first ones of them get what remains. Anything
    /// that exceeds this fair part is given back as far as the worker does not keep it, and no more is taken than the
    /// others have left.
    ///
    /// - Parameters:
    ///   - others: The slots that other workers have.
    ///   - workers: The number of workers that have the handler, this one included.
    ///   - rank: The number of them that came before this one.
    /// - Returns: The share, which may have fewer slots than it should have, or more.
    public func share(others: Int, workers: Int, rank: Int) -> HandlerShare {
        let fair = limit / max(1, workers) + (rank < limit % max(1, workers) ? 1 : 0)
        let target = min(fair, most)
        return HandlerShare(handler: handler, slots: max(kept, min(target, limit - others)), target: target)
    }
}

/// A worker's share of a handler's concurrency over all processes.
public struct HandlerShare: Hashable, Sendable {
    /// The handler.
    public let handler: HandlerName
    /// The attempts that the worker may run at once.
    public let slots: Int
    /// The slots that it should have: fewer where it must give some back, more where others have to do so first.
    public let target: Int

    /// Describes a share.
    public init(handler: HandlerName, slots: Int, target: Int) {
        self.handler = handler
        self.slots = slots
        self.target = target
    }
}

/// The limits that concern a worker, at one moment.
public struct LimitState: Hashable, Sendable {
    /// The worker's shares; none where its row is gone.
    public let shares: [HandlerShare]
    /// The handlers that said that they are busy, and for how much longer no process calls them.
    public let heldBack: [HandlerName: Duration]

    /// Describes limits.
    public init(shares: [HandlerShare], heldBack: [HandlerName: Duration]) {
        self.shares = shares
        self.heldBack = heldBack
    }
}

/// A request for cells of a handler's rate, each of which lets one attempt begin.
public struct CellRequest: Hashable, Sendable {
    /// The handler.
    public let handler: HandlerName
    /// The rate.
    public let rate: AttemptRate
    /// The most cells; no more are taken than jobs are due.
    public let most: Int

    /// Asks for cells.
    public init(handler: HandlerName, rate: AttemptRate, most: Int) {
        self.handler = handler
        self.rate = rate
        self.most = most
    }
}

/// The cells of a handler's rate that a worker took.
public struct CellLot: Hashable, Sendable {
    /// The handler.
    public let handler: HandlerName
    /// The number of attempts that may begin, before they expire.
    public let count: Int
    /// The time until the next cell is free.
    public let wait: Duration

    /// Describes cells.
    public init(handler: HandlerName, count: Int, wait: Duration) {
        self.handler = handler
        self.count = count
        self.wait = wait
    }
}
