import PostroomCore

/// The invariant of settlements: I5.
enum SettlementInvariants {
    /// A pair is settled as handled once.
    @Sendable static func settledOnce(_ evidence: Evidence) -> [Violation?] {
        let counts = evidence.handled.reduce(into: [Pair: Int]()) { $0[$1.pair, default: 0] += 1 }
        let several = counts.filter { $0.value > 1 }.sorted { $0.key < $1.key }
        return [.of("I5", "settled as handled more than once", several.map { "\($0.key): \($0.value) times" })]
    }

    /// A pair is settled by a worker whose own process ran it to its end.
    ///
    /// A job that ended inside its own transaction may be settled by whoever has it then.
    @Sendable static func settledByItsRunner(_ evidence: Evidence) -> [Violation?] {
        let lives = evidence.livesOfWorkers
        var ran: [LifeID: Set<Pair>] = [:]
        for run in evidence.runs where run.end?.outcome == .handled {
            ran[run.life, default: []].insert(run.pair)
        }
        let strange = evidence.handled.filter { row in
            guard !ChaosHandlers.transactional.contains(row.pair.handler) else { return false }
            guard let life = lives[row.worker] else { return true }
            return ran[life]?.contains(row.pair) != true
        }
        return [
            .of("I5", "settled by a worker that did not run it", strange.map { "\($0.pair), worker \($0.worker)" })
        ]
    }

    /// A worker that was rescued settles nothing more.
    @Sendable static func settledBeforeRescue(_ evidence: Evidence) -> [Violation?] {
        let late = evidence.handled.filter { row in
            guard let rescued = evidence.rescues[row.worker] else { return false }
            return row.settledAt > rescued
        }
        return [.of("I5", "settled by a worker after its rescue", late.map { "\($0.pair), worker \($0.worker)" })]
    }
}
