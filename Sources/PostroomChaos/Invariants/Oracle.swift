/// Judges a run by its evidence.
enum Oracle {
    /// A check of one invariant, or of a part of one.
    typealias Check = @Sendable (Evidence) -> [Violation?]

    /// Every check.
    static let checks: [Check] = [
        IntakeInvariants.acceptedIsStored,
        IntakeInvariants.acceptedIsVisible,
        IntakeInvariants.answersAreAllowed,
        IntakeInvariants.newOnce,
        IntakeInvariants.lettersKeepBodies,
        OutcomeInvariants.everyPairEndsOnce,
        OutcomeInvariants.nothingIsLeft,
        OutcomeInvariants.undecodableDies,
        OutcomeInvariants.effectsHappenOnce,
        OutcomeInvariants.effectsAreExact,
        OrderInvariants.turnsDoNotOverlap,
        OrderInvariants.earlierRunFirst,
        OrderInvariants.newestStateWins,
        SettlementInvariants.settledOnce,
        SettlementInvariants.settledByItsRunner,
        SettlementInvariants.settledBeforeRescue,
        AttemptInvariants.attemptsAreCounted,
        AttemptInvariants.failuresAreReal,
        AttemptInvariants.retriesWaitTheirTime,
        CrashInvariants.twoStrikesKill,
        CrashInvariants.strikesFollowDeaths,
        CrashInvariants.poisonIsPutAside,
        RescueInvariants.onlyTheSilentAreRescued,
        RescueInvariants.cleanEndsAreNoDeaths,
        RescueInvariants.rescuesAreTold,
        RepetitionInvariants.settledIsNotRunAgain,
        RepetitionInvariants.repeatedRunsAreExplained,
        RepetitionInvariants.killsRepeatOnlyWhatWasHeld,
        SystemInvariants.recoversInTime,
        SystemInvariants.nodesEndAsAsked,
        SystemInvariants.resourcesAreBounded,
        SystemInvariants.logsKeepSecrets,
    ]

    /// Applies every check.
    ///
    /// - Returns: The invariants that did not hold.
    static func judge(_ evidence: Evidence) -> [Violation] {
        checks.flatMap { $0(evidence) }.compactMap(\.self)
    }
}

/// An invariant that did not hold.
struct Violation: Sendable {
    /// Its number in the list of invariants, for example `I3`.
    let invariant: String
    /// The finding, as a sentence without its subject.
    let finding: String
    /// The number of times that it was found.
    let count: Int
    /// Some of the places.
    let examples: [String]

    /// The number of examples that are kept.
    private static let most = 5

    /// Makes a violation of what was found.
    ///
    /// - Returns: `nil` where nothing was.
    static func of(_ invariant: String, _ finding: String, _ places: [String]) -> Violation? {
        guard !places.isEmpty else { return nil }
        return Violation(
            invariant: invariant,
            finding: finding,
            count: places.count,
            examples: Array(places.prefix(most))
        )
    }
}
