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
            await wait()
            await takeCells()
            if let (claims, asked) = next() {
                await claim(claims, asked)
            }
        }
    }

    /// Waits for the signal, or until cells of a rate are free.
    private func wait() async {
        let now = parts.clock.now()
        guard let next = parts.gates.values.compactMap(\.nextCellAt).filter({ $0 > now }).min() else {
            await parts.retrySignal.wait()
            return
        }
        await parts.wait(for: parts.retrySignal, atMost: next - now)
    }

    /// Takes cells for the handlers with a rate that need some.
    private mutating func takeCells() async {
        guard !parts.gates.isEmpty, session.with({ !$0.isStopping && !$0.holdsRetryClaims }) else { return }
        let queues = session.router.claimableHandlers.map { parts.handlerQueues[$0] }
        let requests = queues.compactMap { $0.cellRequest }
        guard !requests.isEmpty else { return }
        let askedAt = parts.clock.now()
        do {
            let lots = try await parts.inbox.takeCells(requests)
            let now = parts.clock.now()
            for request in requests {
                let lot = lots.first { $0.handler == request.handler }
                parts.gates[request.handler]?.took(lot, askedAt: askedAt, at: now)
            }
        } catch {
            failures.failed(error)
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
                            handler: state.router.name(at: index),
                            limit: limit,
                            isTransactional: handler.options.isTransactional,
                            mayHaveKeys: state.router.mayHaveKeys(handler.name)
                        )
                    )
                    left -= limit
                }
            }
            guard !claims.isEmpty else { return nil }
            for claim in claims {
                parts.gates[claim.handler]?.ask(claim.limit)
            }
            state.retryClaims += 1
            return (claims, state.budget.ask(retries: claims.reduce(0) { $0 + $1.limit }))
        }
    }

    private mutating func claim(_ claims: [RetryClaim], _ asked: WorkSize) async {
        do {
            let retries = try await parts.inbox.claimRetries(claims, for: session.worker)
            parts.start(retries, in: session)
            session.claimedRetries(asked)
            answered(claims, retries)
            failures.succeeded()
            backoff.reset()
            askForMore(claims, retries)
        } catch {
            failures.failed(error)
            session.claimedRetries(asked)
            answered(claims, [])
            if error.kind == .unavailable {
                session.mayHaveUnknownClaims(at: parts.clock.now())
            }
            await parts.pause(backoff.next(parts.random))
            parts.retrySignal.raise()
        }
    }

    /// Gives back the permits that a claim did not use; suspects may be what its cells were taken for.
    private func answered(_ claims: [RetryClaim], _ retries: [ClaimedRetry]) {
        guard !parts.gates.isEmpty else { return }
        for claim in claims {
            guard let gate = parts.gates[claim.handler] else { continue }
            let claimed = retries.count { $0.key.handler == claim.handler }
            gate.answered(claim.limit, claimed: claimed)
            if claimed == 0, gate.limits.rate != nil {
                parts.suspectSignal.raise()
            }
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
