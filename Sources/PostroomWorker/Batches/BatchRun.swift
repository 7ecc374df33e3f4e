import PostroomCore
import Synchronization

/// A claimed batch on its way through its handlers.
///
/// It hands itself to the ``SettlementQueue`` once its last job has ended.
final class BatchRun: AttemptHold {
    private struct Guarded {
        var progress: BatchProgress
        /// Empty once the batch is settled, so that a slow handler does not keep its neighbours' bodies in memory.
        var deliveries: [Delivery]
    }

    let id: BatchID
    /// The number of deliveries that it holds.
    let count: Int
    let size: WorkSize
    /// `true` where one of its deliveries may be what took workers down.
    let isSuspect: Bool
    /// The worker that holds it.
    let worker: WorkerID
    /// `true` where the receiver handed it over, so that no other worker can have held it.
    let isFirstRun: Bool
    /// The time at which it was taken, by the worker's clock.
    let takenAt: Duration
    /// The handlers that its jobs are made for.
    let router: Router
    private let settlements: SettlementQueue
    private let receivedAt: Timestamp
    private let ordinals: [UInt8]
    private let guarded: Mutex<Guarded>

    init(
        _ batch: ClaimedBatch,
        heldBy worker: WorkerID,
        isFirstRun: Bool = false,
        takenAt: Duration,
        router: Router,
        settlements: SettlementQueue
    ) {
        self.worker = worker
        self.isFirstRun = isFirstRun
        self.id = batch.id
        self.count = batch.deliveries.count
        self.size = batch.size
        self.isSuspect = batch.isSuspect
        self.takenAt = takenAt
        self.router = router
        self.settlements = settlements
        self.receivedAt = batch.receivedAt
        self.ordinals = batch.deliveries.map(\.id.ordinal)
        self.guarded = Mutex(
            Guarded(progress: BatchProgress(deliveries: batch.deliveries.count), deliveries: batch.deliveries)
        )
    }

    /// Returns some of its deliveries; none where it is settled already.
    func deliveries(_ range: Range<Int>) -> ArraySlice<Delivery> {
        guarded.withLock { $0.deliveries.isEmpty ? [] : $0.deliveries[range] }
    }

    /// The time of its attempts that have ended: what a crash would repeat.
    var work: Duration {
        guarded.withLock { $0.progress.work }
    }

    func isWaiting(_ job: Int) -> Bool {
        guarded.withLock { $0.progress.isWaiting(job) }
    }

    /// Adds the jobs of deliveries that were prepared.
    ///
    /// - Returns: The index of the first one, or `nil` where the batch needs no more jobs.
    func add(_ jobs: [BatchProgress.Job], of deliveries: Range<Int>) -> Int? {
        guard let (base, action) = guarded.withLock({ $0.progress.add(jobs, of: deliveries) }) else { return nil }
        act(action)
        return base
    }

    func begin(_ job: Int) -> Bool {
        guarded.withLock { $0.progress.begin(job) }
    }

    func end(_ job: Int, _ outcome: JobOutcome) {
        act(guarded.withLock { $0.progress.end(job, outcome) })
    }

    private func act(_ action: BatchProgress.EndAction) {
        switch action {
        case .none: break
        case .close: settlements.ended(self)
        case .settleRetry(let delivery, let handler, let outcome):
            settlements.ended(RetrySettlement(key: retryKey(delivery, handler), outcome: outcome))
        }
    }

    /// Ends the batch although jobs are unfinished: those that wait are owed, and those that run become retries.
    ///
    /// - Returns: The number of unfinished jobs, or `nil` where the batch is not open.
    func detachUnfinished() -> Int? {
        let unfinished = guarded.withLock { guarded in
            let deliveries = guarded.deliveries
            return guarded.progress.detachUnfinished { delivery in
                let route = router.route(deliveries[delivery])
                // What is not prepared may be what takes workers down: nothing of it is looked at for a key.
                return route.runs.map { (router.name(at: $0), .zero, .none) }
                    + route.owed.map { ($0.handler, $0.dueIn, $0.order == .none ? .none : .unknown) }
            }
        }
        if unfinished != nil {
            settlements.ended(self)
        }
        return unfinished
    }

    /// Makes the settlement to send, with jobs for handlers that the directory knows since, and under their names there.
    func settlement(by directory: Router) -> BatchSettlement {
        let jobs = guarded.withLock { guarded in
            if directory.version != router.version {
                topUp(&guarded, directory)
            }
            return guarded.progress.send()
                .map { job, outcome in
                    BatchSettlement.Job(
                        ordinal: ordinals[job.delivery],
                        handler: job.handler,
                        outcome: outcome,
                        order: job.order
                    )
                }
        }
        return BatchSettlement(id: id, receivedAt: receivedAt, jobs: jobs)
    }

    private func topUp(_ guarded: inout Guarded, _ directory: Router) {
        guarded.progress.rename(directory.currentName)
        var known: [Set<HandlerName>] = Array(repeating: [], count: count)
        for job in guarded.progress.jobs {
            known[job.delivery].insert(job.handler)
        }
        for (index, delivery) in guarded.deliveries.enumerated() {
            for entry in directory.entries where entry.wants(delivery) && !known[index].contains(entry.name) {
                let order: JobOrder = entry.isOrdered ? .unknown : .none
                guarded.progress.owe(index, entry.name, dueIn: .zero, order: order)
            }
        }
    }

    /// Lets the jobs with values of a handler leave as retries, because the inbox refuses the batch as it is.
    ///
    /// - Returns: `false` where there were none.
    func detachValues() -> Bool {
        guarded.withLock { $0.progress.detachValues() }
    }

    /// Takes note that the settlement was committed.
    ///
    /// - Returns: The jobs that left as retries, with the outcomes of those that have ended since.
    func commit() -> [(key: RetryKey, outcome: JobOutcome?, size: WorkSize)] {
        guarded.withLock { guarded in
            let left = guarded.progress.commit()
                .map { job in
                    let size = WorkSize(of: guarded.deliveries[job.delivery])
                    return (retryKey(job.delivery, job.handler), job.outcome, size)
                }
            guarded.deliveries = []
            return left
        }
    }

    /// The jobs that the inbox may hold as retries of this worker.
    var left: [RetryKey] {
        guarded.withLock { $0.progress.left }.map { retryKey($0.delivery, $0.handler) }
    }

    /// Settles nothing of the batch any more: it was lost.
    func abandon() {
        guarded.withLock { $0.progress.abandon() }
    }

    private func retryKey(_ delivery: Int, _ handler: HandlerName) -> RetryKey {
        RetryKey(delivery: DeliveryID(batch: id, ordinal: ordinals[delivery]), handler: handler)
    }
}
