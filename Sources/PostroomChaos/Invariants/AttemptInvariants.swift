import PostroomCore

/// What must hold of attempts: I6.
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
}
