import PostroomCore

/// The invariant of runs that were made again: I12.
enum RepetitionInvariants {
    /// The time before an interruption in which a run may have ended whose settlement the interruption hit: the worker's
    /// patience and a commit that waits its turn.
    static let window = Duration.seconds(3)

    /// A settled job is not run again, but for a process that could not know.
    @Sendable static func settledIsNotRunAgain(_ evidence: Evidence) -> [Violation?] {
        let settled = evidence.handled.reduce(into: [Pair: Timestamp]()) { $0[$1.pair] = $1.settledAt }
        let again = evidence.runs.filter { run in
            guard let moment = settled[run.pair], run.began > moment + .milliseconds(50) else { return false }
            return !evidence.interruptions.contains { interruption in
                interruption.concerns(run.life) && interruption.from <= run.began
                    && run.began <= interruption.to + window
            }
        }
        return [.of("I12", "run again after it was settled", again.map { "\($0.pair), \($0.life)" })]
    }

    /// An attempt is run again only where an interruption kept the first run from being settled.
    @Sendable static func repeatedRunsAreExplained(_ evidence: Evidence) -> [Violation?] {
        let unexplained = repetitions(evidence)
            .filter { repetition in
                let end = repetition.first.end?.at ?? evidence.lives[repetition.first.life]?.ended ?? .now
                return !evidence.interruptions.contains { interruption in
                    let hitFirst =
                        interruption.concerns(repetition.first.life) && interruption.from - window <= end
                        && repetition.first.began <= interruption.to + window
                    // One that was frozen goes on with what others have taken over, until it learns of that.
                    let hitSecond =
                        interruption.concerns(repetition.second.life)
                        && interruption.from <= repetition.second.began
                        && repetition.second.began <= interruption.to + window
                    return hitFirst || hitSecond
                }
            }
        return [
            .of(
                "I12",
                "run again without an interruption",
                unexplained.map { "\($0.first.pair), attempt \($0.first.attempt), \($0.first.life)" }
            )
        ]
    }

    /// A kill repeats no more than what the database held for the process then.
    @Sendable static func killsRepeatOnlyWhatWasHeld(_ evidence: Evidence) -> [Violation?] {
        let lost = repetitions(evidence).reduce(into: [LifeID: Int]()) { $0[$1.first.life, default: 0] += 1 }
        let excessive = evidence.interruptions.filter { interruption in
            guard interruption.kind == .kill, let life = interruption.life, let held = interruption.heldPairs else {
                return false
            }
            // What others interrupted in that life before is not the kill's.
            let isAlone = !evidence.interruptions.contains { other in
                other.kind != .kill && other.concerns(life) && (evidence.lives[life]?.began ?? .now) <= other.to
                    && other.from <= interruption.to
            }
            return isAlone && (lost[life] ?? 0) > held
        }
        return [
            .of(
                "I12",
                "a kill repeated more than what was in flight",
                excessive.map { interruption in
                    let repeated = interruption.life.flatMap { lost[$0] } ?? 0
                    let life = interruption.life.map(\.description) ?? ""
                    return "\(life): \(repeated) of \(interruption.heldPairs ?? 0)"
                }
            )
        ]
    }

    /// An attempt that was begun more than once.
    struct Repetition {
        let first: HandlerRun
        let second: HandlerRun
    }

    /// Every run that was made again, with the one after it.
    static func repetitions(_ evidence: Evidence) -> [Repetition] {
        struct Key: Hashable {
            let pair: Pair
            let attempt: Int
        }
        return Dictionary(grouping: evidence.runs) { Key(pair: $0.pair, attempt: $0.attempt) }.values
            .filter { $0.count > 1 }
            .flatMap { runs in
                let ordered = runs.sorted { $0.began < $1.began }
                return zip(ordered, ordered.dropFirst()).map { Repetition(first: $0, second: $1) }
            }
    }
}

extension Interruption {
    /// Returns whether it happened to that life.
    func concerns(_ life: LifeID) -> Bool {
        self.life == nil || self.life == life
    }
}
