import PostroomCore
import Synchronization

/// What was done to a running inbox, for its judge.
final class FaultRecords: Sendable {
    /// Everything so far.
    struct State: Sendable {
        var interruptions: [Interruption] = []
        var counts: [FaultKind: Int] = [:]
        var recoveries: [(kind: FaultKind, ended: Timestamp, recovered: Timestamp?)] = []
        var replayed: [Pair: Int] = [:]
        var discarded: Set<Pair> = []
        var perhapsDiscarded: Set<Pair> = []
        /// What a fault could not do; it is told and not judged.
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

    /// How long the recoveries took, each counted from what disturbed it last and in time.
    func recoveries(lease: Duration, patience: Double) -> [Recovery] {
        let state = all
        return state.recoveries.map { kind, ended, recovered in
            Recovery.measured(kind, ended: ended, recovered: recovered, among: state.interruptions) { kind in
                kind.recoveryBound(lease: lease) * patience
            }
        }
    }
}
