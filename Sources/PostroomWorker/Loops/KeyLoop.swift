import PostroomCore

/// Asks whether jobs may begin by the limits of their keys, and frees the slots of those that have returned.
struct KeyLoop {
    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog
    private var backoff: Backoff

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("limits by key", parts.log)
        self.backoff = Backoff()
    }

    mutating func run() async {
        while !Task.isCancelled && !session.isDropped {
            let (asks, returned) = parts.keys.take()
            guard !asks.isEmpty || !returned.isEmpty else {
                await parts.keys.signal.wait()
                continue
            }
            var left = returned
            do {
                try await free(returned)
                left = []
                try await decide(asks)
                failures.succeeded()
                backoff.reset()
            } catch {
                failures.failed(error)
                parts.keys.putBack(asks, left)
                await parts.pause(backoff.next(parts.random))
            }
        }
        parts.keys.clear()
    }

    private func free(_ returned: [KeyedJob]) async throws(QueueError) {
        guard !returned.isEmpty else { return }
        let count = try await parts.inbox.freeKeys(of: returned, for: session.worker)
        parts.keys.forget(returned.map(\.job))
        if count > 0 {
            parts.retrySignal.raise()
        }
    }

    private func decide(_ asks: [KeyDesk.Ask]) async throws(QueueError) {
        let wanted = asks.filter(\.held.isWaiting)
        parts.keys.forget(asks.filter { !$0.held.isWaiting }.map(\.keyed.job))
        guard !wanted.isEmpty else { return }
        let askedAt = parts.clock.now()
        let decisions = try await parts.inbox.admit(wanted.map(\.keyed), for: session.worker)
        for ask in wanted {
            switch decisions[ask.keyed.job] {
            case .begin(let time):
                if ask.held.admitted(ask.keyed, by: askedAt + time, at: parts.keys) {
                    _ = ask.queue.enqueue([ask.attempt], mayRefuse: false)
                }
            case .owed(let delay):
                letGo(ask)
                session.willBeDue(at: parts.clock.now() + delay)
            case .parked, nil:
                letGo(ask)
            }
        }
    }

    /// Forgets a job that the worker does not hold any more.
    private func letGo(_ ask: KeyDesk.Ask) {
        ask.held.abandon()
        parts.keys.forget([ask.keyed.job])
        session.letGo(ask.keyed.job)
    }
}
