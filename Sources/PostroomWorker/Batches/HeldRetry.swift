import PostroomCore
import Synchronization

/// A claimed retry on its way through its handler.
final class HeldRetry: AttemptHold {
    private enum Phase {
        case waiting
        case running
        case ended
    }

    private struct State {
        var phase = Phase.waiting
        /// The time by which its attempt must begin, because the cell that it took expires then.
        var deadline: Duration?
        /// Its slot among the attempts of its key, which is freed once the attempt has returned.
        var slot: (keyed: KeyedJob, desk: KeyDesk)?
    }

    let retry: ClaimedRetry
    /// The worker that holds it.
    let worker: WorkerID
    /// `true` where the inbox has it marked as the suspect that runs.
    let isSuspect: Bool
    /// `true` where its attempts may end it inside a transaction.
    let isTransactional: Bool
    /// `false`: its job may have run before.
    let isFirstRun = false
    private let settlements: SettlementQueue
    /// The gate whose permit it holds until its attempt has returned, or will not begin.
    private let gate: LimitGate?
    private let state: Mutex<State>

    init(
        _ retry: ClaimedRetry,
        heldBy worker: WorkerID,
        isSuspect: Bool = false,
        isTransactional: Bool = false,
        settlements: SettlementQueue,
        gate: LimitGate? = nil
    ) {
        self.retry = retry
        self.worker = worker
        self.isSuspect = isSuspect
        self.isTransactional = isTransactional
        self.settlements = settlements
        self.gate = gate
        self.state = Mutex(State(deadline: gate?.deadline))
        gate?.began()
    }

    var isWaiting: Bool {
        state.withLock { $0.phase == .waiting }
    }

    /// The time by which its attempt must begin, where it has one.
    var deadline: Duration? {
        state.withLock { $0.deadline }
    }

    /// Takes note that the limits of its key let it begin.
    ///
    /// - Returns: `false` where it is not to be run any more.
    func admitted(_ keyed: KeyedJob, by deadline: Duration, at desk: KeyDesk) -> Bool {
        let isWaiting = state.withLock { state in
            guard state.phase == .waiting else { return false }
            state.slot = (keyed, desk)
            state.deadline = min(deadline, state.deadline ?? deadline)
            return true
        }
        if !isWaiting {
            desk.returned(keyed)
        }
        return isWaiting
    }

    /// Begins the attempt.
    ///
    /// - Returns: `false` where it is not to be run any more.
    func begin() -> Bool {
        move(from: .waiting, to: .running)
    }

    /// Hands in its outcome.
    func end(_ outcome: JobOutcome) {
        finish()
        settlements.ended(settlement(outcome))
    }

    /// Gives back what it holds of its handler's limits: its attempt has returned, which may be long after its end, or will
    /// not begin.
    func returned() {
        guard let gate else { return }
        let slot = state.withLock { $0.slot.take() }
        if let slot {
            slot.desk.returned(slot.keyed)
        }
        gate.ended()
    }

    /// Returns it to the inbox with its place in the order of its handler, which was found now.
    func place(_ order: JobOrder) {
        finish()
        settlements.ended(settlement(.owed(dueIn: .zero, failure: nil), newOrder: order))
    }

    /// Returns it to the inbox where it has not begun.
    func release() {
        if move(from: .waiting, to: .ended) {
            returned()
            settlements.ended(settlement(.owed(dueIn: .zero, failure: nil)))
        }
    }

    /// Ends it without an outcome: nobody waits for it any more.
    func abandon() {
        finish()
    }

    /// The receipt by which an attempt ends it inside a transaction, where its handler does so.
    var receipt: Receipt? {
        isTransactional ? Receipt(worker: worker, job: retry.key) : nil
    }

    private func settlement(_ outcome: JobOutcome, newOrder: JobOrder? = nil) -> RetrySettlement {
        RetrySettlement(
            key: retry.key,
            outcome: outcome,
            isTransactional: isTransactional,
            place: retry.order.place,
            newOrder: newOrder
        )
    }

    private func finish() {
        let hasBegun = state.withLock { state in
            defer { state.phase = .ended }
            return state.phase != .waiting
        }
        if !hasBegun {
            returned()
        }
    }

    private func move(from old: Phase, to new: Phase) -> Bool {
        state.withLock { state in
            guard state.phase == old else { return false }
            state.phase = new
            return true
        }
    }
}
