/// One fault of a run.
struct PlannedFault: Hashable, Sendable {
    /// The kind of fault.
    let kind: FaultKind
    /// The time since the fault before.
    let pause: Duration
    /// The time that it lasts, where that is up to us.
    let length: Duration
    /// Chooses the node, the handler or the connections.
    let choice: UInt64
    /// True if the next fault waits until all is well again; else they pile up.
    let waitsForRecovery: Bool
}

/// The faults of a run, without end: the same for the same seed.
///
/// Every kind comes once in each round, in an order of its own, so that no kind is missing from a run of some length.
struct FaultSchedule: Sequence, IteratorProtocol, Sendable {
    private let kinds: [FaultKind]
    private let lease: Duration
    private var generator: SeededGenerator
    private var round: [FaultKind] = []

    init(seed: UInt64, kinds: [FaultKind], lease: Duration) {
        self.kinds = kinds
        self.lease = lease
        self.generator = SeededGenerator(seed: seed, purpose: 1)
    }

    mutating func next() -> PlannedFault? {
        guard !kinds.isEmpty else { return nil }
        if round.isEmpty {
            round = kinds.shuffled(using: &generator)
        }
        let kind = round.removeLast()
        return PlannedFault(
            kind: kind,
            pause: generator.duration(.milliseconds(200)...(.seconds(2))),
            length: generator.duration(kind.length(lease: lease)),
            choice: generator.next(),
            waitsForRecovery: !generator.once(in: 3)
        )
    }
}
