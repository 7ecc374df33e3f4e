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
    /// - Returns: What did not hold.
    static func judge(_ evidence: Evidence) -> [Violation] {
        checks.flatMap { $0(evidence) }.compactMap(\.self)
    }
}
