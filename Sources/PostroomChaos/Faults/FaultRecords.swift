import PostroomCore
import Synchronization

/// The faults of a run and their consequences, for its judge.
final class FaultRecords: Sendable {
    /// Everything so far.
    struct State: Sendable {
        var interruptions: [Interruption] = []
        var counts: [FaultKind: Int] = [:]
        var recoveries: [(kind: FaultKind, ended: Timestamp, recovered: Timestamp?)] = []
        var replayed: [Pair: Int] = [:]
        var discarded: Set<Pair> = []
        var perhapsDiscarded: Set<Pair> = []
        /// A part of a fault that could not be done; it is told and not judged.
        var troubles: [String] = []
    }

    private let state = Mutex(State())

    var all: State {
        state.withLock { $0 }
    }

    func change(_ body: (inout sending State) -> Void) {
        state.withLock { body(&$0) }
    }

    func interrupted(
        _ kind: FaultKind,
        _ life: LifeID? = nil,
        from: Timestamp,
        to: Timestamp = .now,
        held: Int? = nil
    ) {
        let interruption = Interruption(kind: kind, life: life, from: from, to: to, heldPairs: held)
        state.withLock { $0.interruptions.append(interruption) }
    }

    /// The times that the recoveries took, each counted from its last disturbance in time.
    func recoveries(lease: Duration, patience: Double) -> [Recovery] {
        let state = all
        return state.recoveries.map { kind, ended, recovered in
            Recovery.measured(kind, ended: ended, recovered: recovered, among: state.interruptions) { kind in
                kind.recoveryBound(lease: lease) * patience
            }
        }
    }
}
