import PostroomCore

extension ChaosReport {
    /// Adds up the evidence and what was found in it.
    init(_ evidence: Evidence, _ violations: [Violation], _ records: FaultRecords.State, _ settings: ChaosSettings) {
        let answers = evidence.sent.flatMap(\.answers)
        seed = settings.seed
        seconds = settings.duration.seconds
        sent = evidence.sent.count
        accepted = evidence.sent.count { !$0.ids.isEmpty }
        duplicatesAnswered = answers.count { $0.status == 200 && $0.isDuplicate }
        refusedOrUnanswered = answers.count { $0.status != 200 }
        stored = evidence.stored.count
        pairs = evidence.stored.values.reduce(0) { total, delivery in
            total + evidence.handlers.count { $0.wants(delivery) }
        }
        handled = evidence.handled.count
        dead = evidence.letters.count
        crashed = evidence.letters.count { $0.reason == "crash" }
        strikes = evidence.strikes.count
        discarded = evidence.discarded.count
        replayed = evidence.replayed.count
        runs = evidence.runs.count
        repeatedRuns = RepetitionInvariants.repetitions(evidence).count
        lost = violations.filter { ["I1", "I3"].contains($0.invariant) }.reduce(0) { $0 + $1.count }
        lateSettlements = evidence.lateSettlements
        nodesKilled = evidence.lives.values.count { $0.end == .killed }
        nodesPoisoned = evidence.lives.values.count { $0.end == .trapped }
        worstRecovery = evidence.recoveries.compactMap { $0.took?.seconds }.max()
        resources = BoundedResource.allCases.compactMap { resource in
            evidence.peaks[resource].map { Resource(name: resource.rawValue, most: $0.most ?? 0, allowed: $0.allowed) }
        }
        faults = FaultKind.allCases.compactMap { kind in
            guard let count = records.counts[kind] else { return nil }
            let measured = evidence.recoveries.filter { $0.kind == kind }
            let worst = measured.max { ($0.took ?? .zero) < ($1.took ?? .zero) }
            return Fault(
                kind: kind.rawValue,
                count: count,
                worstRecovery: worst?.took?.seconds,
                bound: (worst?.bound ?? kind.recoveryBound(lease: settings.lease) * settings.patience).seconds
            )
        }
        troubles = records.troubles
        self.violations = violations.map {
            Breach(invariant: $0.invariant, finding: $0.finding, count: $0.count, examples: $0.examples)
        }
        command = settings.command
    }
}

extension ChaosSettings {
    /// The command that makes the same run again.
    var command: String {
        let minutes = (duration.seconds / 60 * 1000).rounded() / 1000
        let target =
            switch database {
            case .privateServer: ""
            case .external: " --database … --with-consent"
            }
        return "postroom chaos --minutes \(minutes) --seed \(seed) --rate \(rate)\(target)"
    }
}
