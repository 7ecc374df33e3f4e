import PostroomCore
import Synchronization

/// A worker's intake that counts.
final class TestHandOff: HandOff {
    struct Counts: Equatable {
        var reserved = 0
        var ended = 0
        var accepted = 0
        var cancelled = 0
        var wakeUps = 0
        var workers: Set<WorkerID> = []
    }

    private let worker: WorkerID?
    private let kept = Mutex(Counts())

    /// - Parameter worker: The worker that has room; `nil` where nobody has.
    init(worker: WorkerID?) {
        self.worker = worker
    }

    var counts: Counts {
        kept.withLock { $0 }
    }

    func reserve(_ size: WorkSize) -> WorkerID? {
        if worker != nil {
            kept.withLock { $0.reserved += size.count }
        }
        return worker
    }

    func accept(_ batches: [ClaimedBatch], for worker: WorkerID, reserved size: WorkSize) {
        kept.withLock { counts in
            counts.ended += size.count
            counts.accepted += batches.reduce(0) { $0 + $1.deliveries.count }
            counts.workers.insert(worker)
        }
    }

    func cancel(reserved size: WorkSize) {
        kept.withLock { counts in
            counts.ended += size.count
            counts.cancelled += size.count
        }
    }

    func wake() {
        kept.withLock { $0.wakeUps += 1 }
    }
}
