import NIOCore
import PostroomCore
import Synchronization

/// Commits requests together and tells those who wait for them what became of them.
///
/// Event loops submit; committers, which are tasks, commit. There is one bridge between the two a commit, none a request.
final class GroupCommitter<Waiter: CommitWaiter>: Sendable {
    typealias Committer = CheckedContinuation<Commit?, Never>
    typealias Queue = CommitQueue<Waiter, Committer>
    typealias Request = WaitingRequest<Waiter>

    private let queue: Mutex<Queue>
    private let store: any IntakeStore
    private let handOff: (any HandOff)?
    private let budget: IntakeBudget
    private let metrics: ReceiverMetrics
    private let health: CommitHealth

    init(
        configuration: ReceiverConfiguration,
        store: any IntakeStore,
        handOff: (any HandOff)?,
        budget: IntakeBudget,
        metrics: ReceiverMetrics,
        health: CommitHealth
    ) {
        self.queue = Mutex(Queue(limits: Queue.Limits(configuration)))
        self.store = store
        self.handOff = handOff
        self.budget = budget
        self.metrics = metrics
        self.health = health
    }

    /// How many requests wait for a commit to begin.
    var waitingCount: Int {
        queue.withLock { $0.waitingCount }
    }

    /// Takes verified requests in; those who wait are told later.
    func submit(_ requests: [Request]) {
        switch queue.withLock({ $0.submit(requests) }) {
        case .start(let commits):
            for (committer, commit) in commits {
                committer.resume(returning: commit)
            }
        case .turnAway:
            budget.release(requests: requests.count, bytes: requests.reduce(0) { $0 + $1.charged })
            Waiter.tell(requests.map(\.waiter), .shuttingDown)
        }
    }

    /// Carries commits out until ``finish()``.
    func runCommitter() async {
        while let commit = await nextCommit() {
            await carryOut(commit)
        }
    }

    /// Answers 503 to those who have waited too long, and holds nobody back behind a commit that takes long.
    func expire(at now: NIODeadline) {
        dismiss(queue.withLock { $0.expire(at: now) })
        for (committer, commit) in queue.withLock({ $0.startHeldBack() }) {
            committer.resume(returning: commit)
        }
    }

    /// Lets the committers end once nothing waits.
    func finish() {
        for committer in queue.withLock({ $0.finish() }) {
            committer.resume(returning: nil)
        }
    }

    /// Lets the committers end after the commits they are in.
    func abandon() {
        dismiss(queue.withLock { $0.abandon() })
        finish()
    }

    private func dismiss(_ expiry: Queue.Expiry) {
        budget.release(requests: expiry.droppedRequests, bytes: expiry.droppedBytes)
        Waiter.tell(expiry.waiters, .unavailable)
    }

    private func nextCommit() async -> Commit? {
        await withCheckedContinuation { committer in
            switch queue.withLock({ $0.committerIsIdle(committer) }) {
            case .carryOut(let commit): committer.resume(returning: commit)
            case .wait: break
            case .stop: committer.resume(returning: nil)
            }
        }
    }

    private func carryOut(_ commit: Commit) async {
        let start = ContinuousClock.now
        let responses = await responses(to: commit.deliveries)
        metrics.recordCommit(of: commit.deliveries.count, took: ContinuousClock.now - start)
        let waiters = queue.withLock { $0.ended(commit.number) }
        budget.release(requests: commit.deliveries.count, bytes: commit.charged)
        Waiter.tell(waiters, responses)
    }

    /// Stores deliveries in one commit; what the database refuses is stored in halves, so that one delivery that can't
    /// be stored fails alone.
    private func responses(to deliveries: [IncomingDelivery]) async -> [Response] {
        do {
            let result = try await commit(deliveries)
            guard result.receipts.count == deliveries.count else {
                let error = QueueError(kind: .rejected, description: "the store returned a wrong number of receipts")
                health.failed(error, deliveries: deliveries)
                return Array(repeating: .unavailable, count: deliveries.count)
            }
            health.succeeded()
            return result.receipts.map(Response.stored)
        } catch {
            guard error.kind == .rejected, deliveries.count > 1 else {
                health.failed(error, deliveries: deliveries)
                return Array(repeating: .unavailable, count: deliveries.count)
            }
            let half = deliveries.count / 2
            let first = await responses(to: Array(deliveries[..<half]))
            return await first + responses(to: Array(deliveries[half...]))
        }
    }

    private func commit(_ deliveries: [IncomingDelivery]) async throws(QueueError) -> IntakeResult {
        let size = WorkSize(of: deliveries)
        guard let handOff, let worker = handOff.reserve(size) else {
            let result = try await store.store(deliveries, claimedBy: nil)
            if !result.batches.isEmpty {
                handOff?.wake()
            }
            return result
        }
        do {
            let result = try await store.store(deliveries, claimedBy: worker)
            handOff.accept(result.batches, for: worker, reserved: size)
            return result
        } catch {
            handOff.cancel(reserved: size)
            throw error
        }
    }
}

extension CommitQueue.Limits {
    init(_ configuration: ReceiverConfiguration) {
        self.init(
            requests: min(max(1, configuration.commits.requests), DeliveryID.deliveriesPerBatch),
            bytes: configuration.commits.bytes,
            timeouts: TimeAmount(configuration.timeouts.commit)
        )
    }
}
