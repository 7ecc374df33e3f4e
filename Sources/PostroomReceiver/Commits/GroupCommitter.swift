package import CoreMetrics
package import Logging
import NIOCore
package import PostroomCore
import Synchronization

/// Commits deliveries together and tells their clients what became of them.
///
/// Clients submit from any thread; committers, which are tasks, commit. There is one bridge between the two a commit, none
/// a request.
package final class GroupCommitter: Sendable {
    private typealias Committer = CheckedContinuation<Commit?, Never>
    private typealias Queue = CommitQueue<Committer>

    private let queue: Mutex<Queue>
    private let committers: Int
    private let store: any IntakeStore
    private let handOff: (any HandOff)?
    private let history: (any KeyHistory)?
    private let budget: IntakeBudget
    private let health: CommitHealth
    private let commitSeconds: CoreMetrics.Timer
    private let commitSize: Recorder

    /// Puts a committer together; ``run()`` starts it, once.
    ///
    /// - Parameters:
    ///   - configuration: The bounds of commits, and the time that a request waits for one.
    ///   - store: The inbox that deliveries are committed to. It must end every commit by itself, with an error if need be.
    ///   - handOff: A worker in this process that takes committed deliveries over, or `nil`.
    ///   - history: A memory of keys outside of the store, or `nil`.
    ///   - count: The number of committers that share the budget, each with a store of its own.
    ///   - budget: The budget that gave room for the deliveries; it has it back when they are committed or dropped.
    ///   - metrics: The factory of its metrics.
    ///   - logger: The log for failing commits.
    package init(
        configuration: ReceiverConfiguration,
        store: any IntakeStore,
        handOff: (any HandOff)?,
        history: (any KeyHistory)? = nil,
        oneOf count: Int = 1,
        budget: IntakeBudget,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.queue = Mutex(Queue(limits: Queue.Limits(configuration, oneOf: count)))
        self.committers = max(1, configuration.commits.inFlight)
        self.store = store
        self.handOff = handOff
        self.history = history
        self.budget = budget
        self.health = CommitHealth(logger: logger)
        self.commitSeconds = Timer(label: "postroom_intake_commit_seconds", factory: metrics)
        self.commitSize = Recorder(label: "postroom_intake_commit_size", factory: metrics)
    }

    /// The number of requests that wait for a commit to begin.
    var waitingCount: Int {
        queue.withLock { $0.waitingCount }
    }

    /// Takes deliveries in.
    ///
    /// - Parameters:
    ///   - requests: The deliveries.
    ///   - client: The object that is told their outcomes.
    package func submit(_ requests: [CommitRequest], for client: any CommitClient) {
        switch queue.withLock({ $0.submit(requests, for: client) }) {
        case .start(let commits):
            for (committer, commit) in commits {
                committer.resume(returning: commit)
            }
        case .turnAway:
            giveUp(requests, of: client, .turnedAway)
        case .refuse:
            giveUp(requests, of: client, .notStored)
        }
    }

    private func giveUp(_ requests: [CommitRequest], of client: any CommitClient, _ outcome: CommitResult.Outcome) {
        budget.release(requests: requests.count, bytes: requests.reduce(0) { $0 + $1.charged })
        client.committed(requests.map { CommitResult(ticket: $0.ticket, outcome: outcome) })
    }

    /// Commits what is submitted, until ``finish()`` was called and nothing waits.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<committers {
                group.addTask {
                    while let commit = await self.nextCommit() {
                        await self.carryOut(commit)
                    }
                }
            }
        }
    }

    /// Ends the wait of those who have waited too long, and holds nobody back behind a commit that takes long.
    func expire(at now: NIODeadline) {
        dismiss(queue.withLock { $0.expire(at: now) })
        for (committer, commit) in queue.withLock({ $0.startHeldBack() }) {
            committer.resume(returning: commit)
        }
    }

    /// Takes nothing more in, and lets ``run()`` return once nothing waits.
    package func finish() {
        for committer in queue.withLock({ $0.finish() }) {
            committer.resume(returning: nil)
        }
    }

    /// Drops what waits, and lets ``run()`` return after the commits that are under way.
    func abandon() {
        dismiss(queue.withLock { $0.abandon() })
        finish()
    }

    private func dismiss(_ expiry: Queue.Expiry) {
        budget.release(requests: expiry.droppedRequests, bytes: expiry.droppedBytes)
        CommitWaiter.tell(expiry.waiters) { _ in .notStored }
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
        let outcomes = await outcomes(ofUnseen: commit.deliveries)
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        commitSeconds.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        commitSize.record(commit.deliveries.count)
        let waiters = queue.withLock { $0.ended(commit.number) }
        budget.release(requests: commit.deliveries.count, bytes: commit.charged)
        CommitWaiter.tell(waiters) { outcomes[$0] }
    }

    /// Stores the deliveries whose keys are not known elsewhere.
    private func outcomes(ofUnseen deliveries: [IncomingDelivery]) async -> [CommitResult.Outcome] {
        guard let history else { return await outcomes(of: deliveries) }
        let findings = await history.find(deliveries)
        guard findings.contains(where: { $0 != .new }) else { return await outcomes(of: deliveries) }
        let unseen = deliveries.indices.filter { findings[$0] == .new }
        let stored = unseen.isEmpty ? [] : await outcomes(of: unseen.map { deliveries[$0] })
        var outcomes = [CommitResult.Outcome](repeating: .notStored, count: deliveries.count)
        for (index, outcome) in zip(unseen, stored) {
            outcomes[index] = outcome
        }
        for (index, finding) in findings.enumerated() {
            switch finding {
            case .new: break
            case .known(let first): outcomes[index] = .stored(IntakeReceipt(id: first, isDuplicate: true))
            case .unanswered(let error): health.failed(error, deliveries: [deliveries[index]])
            }
        }
        return outcomes
    }

    /// Stores deliveries in one commit; what the database refuses is stored in halves, so that one delivery that can't
    /// be stored fails alone.
    private func outcomes(of deliveries: [IncomingDelivery]) async -> [CommitResult.Outcome] {
        do {
            let result = try await commit(deliveries)
            guard result.receipts.count == deliveries.count else {
                let error = QueueError(kind: .rejected, description: "the store returned a wrong number of receipts")
                health.failed(error, deliveries: deliveries)
                return Array(repeating: .notStored, count: deliveries.count)
            }
            health.succeeded()
            return result.receipts.map(CommitResult.Outcome.stored)
        } catch {
            guard error.kind == .rejected, deliveries.count > 1 else {
                health.failed(error, deliveries: deliveries)
                return Array(repeating: .notStored, count: deliveries.count)
            }
            let half = deliveries.count / 2
            let first = await outcomes(of: Array(deliveries[..<half]))
            return await first + outcomes(of: Array(deliveries[half...]))
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
    /// The age at which a commit counts as stuck where others commit elsewhere: more than a disk that is busy takes.
    private static var stall: TimeAmount { .seconds(3) }

    /// The bounds of one committer of several that share a budget.
    init(_ configuration: ReceiverConfiguration, oneOf count: Int = 1) {
        self.init(
            requests: min(max(1, configuration.commits.requests), DeliveryID.deliveriesPerBatch),
            bytes: configuration.commits.bytes,
            timeout: TimeAmount(configuration.timeouts.commit),
            share: count > 1 ? max(1, configuration.limits.requestsInFlight / count) : .max,
            stall: count > 1 ? Self.stall : nil
        )
    }
}
