import CoreMetrics
import PostroomCore

/// Claims retries that are due, never more than can be run at once.
struct RetryLoop {
    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog
    private var backoff: Backoff
    /// The handler that is asked for first, another one each time: where capacity is short, none goes last for ever.
    private var turn = 0

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("claim retries", parts.log)
        self.backoff = Backoff()
    }

    mutating func run() async {
        parts.retrySignal.raise()
        while !Task.isCancelled && !session.isDropped {
            await parts.retrySignal.wait()
            if let (claims, asked) = next() {
                await claim(claims, asked)
            }
        }
    }

    /// Makes the next request, or returns `nil` where there is no capacity, or claims have to wait.
    private mutating func next() -> ([RetryClaim], WorkSize)? {
        let free = parts.handlerQueues.map(\.availableRetries)
        for (queue, free) in zip(parts.handlerQueues, free) where free == 0 {
            queue.requestRetrySignal()
        }
        let reserved = parts.reservations.reserved
        turn &+= 1
        return session.with { [turn] state in
            guard !state.isStopping, !state.holdsRetryClaims else { return nil }
            var left = state.budget.availableRetries(reserved: reserved)
            var claims: [RetryClaim] = []
            for index in state.router.claimableHandlers.rotated(by: turn) {
                let limit = min(left, free[index])
                if limit > 0 {
                    let handler = parts.handlers[index]
                    claims.append(
                        RetryClaim(
                            handler: handler.name,
                            limit: limit,
                            isTransactional: handler.options.isTransactional
                        )
                    )
                    left -= limit
                }
            }
            guard !claims.isEmpty else { return nil }
            state.retryClaims += 1
            return (claims, state.budget.ask(retries: claims.reduce(0) { $0 + $1.limit }))
        }
    }

    private mutating func claim(_ claims: [RetryClaim], _ asked: WorkSize) async {
        do {
            let retries = try await parts.inbox.claimRetries(claims, for: session.worker)
            parts.start(retries, in: session)
            session.claimedRetries(asked)
            failures.succeeded()
            backoff.reset()
            askForMore(claims, retries)
        } catch {
            failures.failed(error)
            session.claimedRetries(asked)
            if error.kind == .unavailable {
                session.mayHaveUnknownClaims(at: parts.clock.now())
            }
            await parts.pause(backoff.next(parts.random))
            parts.retrySignal.raise()
        }
    }

    /// Has the retry signal raised, as soon as half of its slots are free, for each handler that may have more retries due.
    private func askForMore(_ claims: [RetryClaim], _ retries: [ClaimedRetry]) {
        var counts: [HandlerName: Int] = [:]
        for retry in retries {
            counts[retry.key.handler, default: 0] += 1
        }
        for claim in claims where counts[claim.handler] == claim.limit {
            if let index = session.router.index(of: claim.handler) {
                parts.handlerQueues[index].requestRetrySignal()
            }
        }
    }
}

extension [Int] {
    /// The elements in their order, beginning with another one.
    fileprivate func rotated(by turns: Int) -> [Int] {
        guard !isEmpty else { return [] }
        let start = turns % count
        return Array(self[start...] + self[..<start])
    }
}
