import PostroomCore
import Synchronization

/// A claimed retry on its way through its handler.
final class HeldRetry: Sendable {
    private enum State {
        case waiting
        case running
        case ended
    }

    let retry: ClaimedRetry
    /// The worker that holds it.
    let worker: WorkerID
    /// `true` where the inbox has it marked as the suspect that runs.
    let isSuspect: Bool
    /// `true` where its attempts may end it inside a transaction.
    let isTransactional: Bool
    private let settlements: SettlementQueue
    private let state = Mutex(State.waiting)

    init(
        _ retry: ClaimedRetry,
        heldBy worker: WorkerID,
        isSuspect: Bool = false,
        isTransactional: Bool = false,
        settlements: SettlementQueue
    ) {
        self.retry = retry
        self.worker = worker
        self.isSuspect = isSuspect
        self.isTransactional = isTransactional
        self.settlements = settlements
    }

    var isWaiting: Bool {
        state.withLock { $0 == .waiting }
    }

    /// Begins the attempt.
    ///
    /// - Returns: `false` where it is not to be run any more.
    func begin() -> Bool {
        move(from: .waiting, to: .running)
    }

    /// Hands in its outcome.
    func end(_ outcome: JobOutcome) {
        state.withLock { $0 = .ended }
        settlements.ended(settlement(outcome))
    }

    /// Returns it to the inbox where it has not begun.
    func release() {
        if move(from: .waiting, to: .ended) {
            settlements.ended(settlement(.owed(dueIn: .zero, failure: nil)))
        }
    }

    /// Ends it without an outcome: nobody waits for it any more.
    func abandon() {
        state.withLock { $0 = .ended }
    }

    /// The receipt by which an attempt ends it inside a transaction, where its handler does so.
    var receipt: Receipt? {
        isTransactional ? Receipt(worker: worker, job: retry.key) : nil
    }

    private func settlement(_ outcome: JobOutcome) -> RetrySettlement {
        RetrySettlement(key: retry.key, outcome: outcome, isTransactional: isTransactional)
    }

    private func move(from old: State, to new: State) -> Bool {
        state.withLock { state in
            guard state == old else { return false }
            state = new
            return true
        }
    }
}
