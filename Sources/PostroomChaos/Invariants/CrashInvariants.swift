import PostroomCore

/// The invariant of crash suspects, and of deliveries that end their process: I6.
enum CrashInvariants {
    /// The number of processes that a poison may end: two before it is a suspect, and two while it is marked.
    private static let deathsAllowed = 4
    private static let strikesAllowed = 2

    /// Two strikes make a dead letter with the reason `crash`, and nothing else does.
    @Sendable static func twoStrikesKill(_ evidence: Evidence) -> [Violation?] {
        let strikes = strikes(evidence)
        let dead = Set(evidence.letters.filter { $0.reason == "crash" }.map(\.pair))
        let gone = evidence.discarded.union(evidence.perhapsDiscarded)
        let excess = strikes.filter { $0.value > strikesAllowed * (1 + (evidence.replayed[$0.key] ?? 0)) }
        let innocent = dead.filter { (strikes[$0] ?? 0) < strikesAllowed }
        let spared = strikes.filter { pair, count in
            count >= strikesAllowed && evidence.replayed[pair] == nil && !dead.contains(pair) && !gone.contains(pair)
        }
        return [
            .of("I6", "more strikes than a dead letter takes", excess.map { "\($0.key): \($0.value)" }.sorted()),
            .of("I6", "a dead letter as crash without two strikes", innocent.sorted().map(\.description)),
            .of("I6", "two strikes, and no dead letter as crash", spared.keys.sorted().map(\.description)),
        ]
    }

    /// A strike is for the one suspect that was marked when its worker died, and for nobody beside it.
    @Sendable static func strikesFollowDeaths(_ evidence: Evidence) -> [Violation?] {
        let lives = evidence.livesOfWorkers
        let several = Dictionary(grouping: evidence.strikes, by: \.worker).filter { $0.value.count > 1 }
        let unfounded = evidence.strikes.filter { strike in
            guard let life = lives[strike.worker] else { return true }
            return !RescueInvariants.wasSilent(life, before: strike.failedAt, evidence)
        }
        return [
            .of(
                "I6",
                "one death struck several suspects",
                several.sorted { $0.key.rawValue < $1.key.rawValue }.map { "worker \($0.key): \($0.value.map(\.pair))" }
            ),
            .of("I6", "a strike without a death", unfounded.map { "\($0.pair), worker \($0.worker)" }),
        ]
    }

    /// A delivery that ends its process is one dead letter with the reason `crash`, after no more deaths than that takes.
    @Sendable static func poisonIsPutAside(_ evidence: Evidence) -> [Violation?] {
        // Each is worked out once: a long run has hundreds of thousands of runs.
        let poison = evidence.poison
        let strikes = strikes(evidence)
        let failures = evidence.failures.reduce(into: [Pair: Int]()) { $0[$1.pair, default: 0] += 1 }
        let letters = Dictionary(grouping: evidence.letters, by: \.pair)
        let alive = poison.filter { pair in
            letters[pair]?.map(\.reason) != ["crash"] || strikes[pair] != strikesAllowed
                || failures[pair] != strikesAllowed
        }
        // A process that was frozen may run it once more when it goes on, after its claims were taken over.
        let disturbed = Set(evidence.interruptions.filter { $0.kind != .kill }.compactMap(\.life))
        let deaths = evidence.runs.reduce(into: [Pair: Int]()) { deaths, run in
            if run.end == nil, poison.contains(run.pair), evidence.lives[run.life]?.end == .trapped,
                !disturbed.contains(run.life)
            {
                deaths[run.pair, default: 0] += 1
            }
        }
        let excess = deaths.filter { $0.value > deathsAllowed }
        return [
            .of("I6", "ends its process, and is no dead letter after two strikes", alive.sorted().map(\.description)),
            .of(
                "I6",
                "ended more processes than a suspect may",
                excess.map { "\($0.key): \($0.value) of \(deathsAllowed)" }.sorted()
            ),
        ]
    }

    private static func strikes(_ evidence: Evidence) -> [Pair: Int] {
        evidence.strikes.reduce(into: [:]) { $0[$1.pair, default: 0] += 1 }
    }
}
