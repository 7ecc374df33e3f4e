extension ChaosReport {
    /// The report for people, line by line.
    public var lines: [String] {
        ledger + used + recoveries + findings + ["", "again: \(command)"]
    }

    private var ledger: [String] {
        [
            ("sent", "\(sent)"),
            ("answered 200", "\(accepted), and \(duplicatesAnswered) times as a duplicate"),
            ("refused, unanswered", "\(refusedOrUnanswered), all sent again"),
            ("stored", "\(stored)"),
            ("pairs owed", "\(pairs)"),
            ("handled", "\(handled)"),
            ("dead", "\(dead), after \(replayed) were replayed"),
            ("crashed", "\(crashed) of the dead, after \(strikes) strikes; a poison ended \(nodesPoisoned) nodes"),
            ("discarded", "\(discarded)"),
            ("runs", "\(runs)"),
            ("run again", "\(repeatedRuns), by \(nodesKilled) killed nodes and other interruptions"),
            ("late settlements", "\(lateSettlements), all refused"),
            ("lost", "\(lost)"),
            ("worst recovery", worstRecovery.map { "\($0) s" } ?? "-"),
        ]
        .map { Self.line($0.0, $0.1) }
    }

    private var used: [String] {
        [""] + resources.map { Self.line("at most", "\($0.most) of \($0.allowed) \($0.name)") }
    }

    private var recoveries: [String] {
        [""]
            + faults.map { fault in
                let worst = fault.worstRecovery.map { "worst recovery \($0) s of \(fault.bound) s" }
                return Self.line(fault.kind, "\(fault.count) times, \(worst ?? "no recovery measured")")
            }
            + troubles.map { "  not done: \($0)" }
    }

    private var findings: [String] {
        guard !isClean else { return ["", "every invariant held"] }
        return [""]
            + violations.flatMap { breach in
                ["\(breach.invariant) VIOLATED: \(breach.finding) (\(breach.count))"]
                    + breach.examples.map { "    \($0)" }
            }
    }

    private static func line(_ name: String, _ value: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 22 - name.count)) + value
    }
}
