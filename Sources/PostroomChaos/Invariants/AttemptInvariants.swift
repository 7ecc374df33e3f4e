import PostroomCore

/// The invariant of attempts: I6.
enum AttemptInvariants {
    /// Failed attempts are recorded once each, from 1, without a gap, and no more than the policy and replays allow.
    ///
    /// A strike is recorded as a failed attempt too, also where the policy allows none any more: a suspect dies of strikes.
    @Sendable static func attemptsAreCounted(_ evidence: Evidence) -> [Violation?] {
        let strikes = evidence.strikes.reduce(into: [Pair: Int]()) { $0[$1.pair, default: 0] += 1 }
        let recorded = Dictionary(grouping: evidence.failures, by: \.pair).mapValues { $0.map(\.attempt).sorted() }
        var gaps: [String] = []
        var excess: [String] = []
        for (pair, attempts) in recorded {
            if attempts != Array(1...attempts.count) {
                gaps.append("\(pair): \(attempts)")
            }
            let allowed =
                ChaosHandlers.maximumAttempts(of: pair.handler) * (1 + (evidence.replayed[pair] ?? 0))
            let own = attempts.count - (strikes[pair] ?? 0)
            if own > allowed {
                excess.append("\(pair): \(own) of \(allowed)")
            }
        }
        let wild = evidence.runs.filter { $0.attempt > (recorded[$0.pair]?.count ?? 0) + 1 }
        let miscounted = evidence.letters.filter { $0.failedAttempts != recorded[$0.pair]?.count }
        return [
            .of("I6", "recorded attempts are not 1, 2, 3 and so on", gaps.sorted()),
            .of("I6", "more attempts than allowed", excess.sorted()),
            .of("I6", "a run with a number that no failure led to", wild.map { "\($0.pair): \($0.attempt)" }),
            .of("I6", "a dead letter that counts other failures than were recorded", miscounted.map { "\($0.pair)" }),
        ]
    }

    /// A failure is recorded of an attempt that its worker's own process ran, and that did not succeed.
    ///
    /// Strikes have no run that ended, and what can't be decoded has none at all. The handler with a short timeout may
    /// return just after it was given up.
    @Sendable static func failuresAreReal(_ evidence: Evidence) -> [Violation?] {
        struct Key: Hashable {
            let pair: Pair
            let attempt: Int
            let life: LifeID
        }
        let runs = Dictionary(grouping: evidence.runs) { Key(pair: $0.pair, attempt: $0.attempt, life: $0.life) }
        let lives = evidence.livesOfWorkers
        var unfounded: [String] = []
        var succeeded: [String] = []
        for failure in evidence.failures where !failure.isStrike {
            guard let life = lives[failure.worker] else { continue }
            let name = "\(failure.pair), attempt \(failure.attempt), \(life)"
            let made = runs[Key(pair: failure.pair, attempt: failure.attempt, life: life)] ?? []
            if made.isEmpty && failure.pair.handler != ChaosHandlers.typed {
                unfounded.append(name)
            }
            if !made.isEmpty, failure.pair.handler != ChaosHandlers.deaf,
                made.allSatisfy({ $0.end?.outcome == .handled })
            {
                succeeded.append(name)
            }
        }
        return [
            .of("I6", "a failure was recorded of an attempt that its worker did not run", unfounded),
            .of("I6", "a failure was recorded of an attempt that succeeded", succeeded),
        ]
    }

    /// A failed attempt is followed by the next one no sooner than its policy says.
    ///
    /// A replay, and a strike, make a pair due at once.
    @Sendable static func retriesWaitTheirTime(_ evidence: Evidence) -> [Violation?] {
        struct Key: Hashable {
            let pair: Pair
            let attempt: Int
        }
        let failures = Dictionary(
            evidence.failures.filter { !$0.isStrike && evidence.replayed[$0.pair] == nil }
                .map { (Key(pair: $0.pair, attempt: $0.attempt), $0.failedAt) },
            uniquingKeysWith: min
        )
        let early = evidence.runs.filter { run in
            guard let failedAt = failures[Key(pair: run.pair, attempt: run.attempt - 1)] else { return false }
            return run.began < failedAt + ChaosHandlers.shortestDelay(afterAttempt: run.attempt - 1)
        }
        return [.of("I6", "run again before it was due", early.map { "\($0.pair), attempt \($0.attempt)" })]
    }
}
