import FoundationEssentials
import PostroomCore

/// The ledger of a run, for people and for machines.
package struct ChaosReport: Sendable, Encodable {
    /// The effect of one kind of fault.
    struct Fault: Sendable, Encodable {
        let kind: String
        let count: Int
        /// The longest time until all was well, in seconds; `nil` where none was measured.
        let worstRecovery: Double?
        /// The time that the slowest was allowed, in seconds: more than the kind's own bound where it was disturbed.
        let bound: Double
    }

    /// The most that was used of what is bounded.
    struct Resource: Sendable, Encodable {
        let name: String
        let most: Int
        let allowed: Int
    }

    /// An invariant that did not hold.
    struct Breach: Sendable, Encodable {
        let invariant: String
        let finding: String
        let count: Int
        let examples: [String]
    }

    let seed: UInt64
    let seconds: Double
    let sent: Int
    let accepted: Int
    let duplicatesAnswered: Int
    let refusedOrUnanswered: Int
    let stored: Int
    let pairs: Int
    let handled: Int
    let dead: Int
    /// The number of dead letters with the reason `crash`, and the number of strikes.
    let crashed: Int
    let strikes: Int
    /// The number of jobs that a newer one of their key made needless.
    let superseded: Int
    let discarded: Int
    let replayed: Int
    let runs: Int
    let repeatedRuns: Int
    let lost: Int
    let lateSettlements: Int
    let nodesKilled: Int
    /// The number of nodes that a poison ended.
    let nodesPoisoned: Int
    let worstRecovery: Double?
    let resources: [Resource]
    let faults: [Fault]
    let troubles: [String]
    let violations: [Breach]
    /// The command that makes the run again.
    package let command: String

    /// True if every invariant held.
    package var isClean: Bool {
        violations.isEmpty
    }

    /// The report as one JSON object.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

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
        superseded = evidence.superseded.count
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
            case .privateServer: servers == 1 ? "" : " --servers \(servers)"
            case .external: " --database … --with-consent"
            }
        return "postroom chaos --minutes \(minutes) --seed \(seed) --rate \(rate)\(target)"
    }
}

extension ChaosReport {
    /// The report for people, line by line.
    package var lines: [String] {
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
            ("superseded", "\(superseded)"),
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
