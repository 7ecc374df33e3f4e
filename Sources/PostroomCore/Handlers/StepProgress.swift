/// The steps of one attempt: decisions only.
struct StepProgress {
    /// A step on record, with the time at which it was read.
    struct Known {
        let record: StepRecord
        let readAt: ContinuousClock.Instant

        /// The time that a sleep still has at a moment; nothing for a result.
        func left(at now: ContinuousClock.Instant) -> Duration {
            guard case .sleep(let left) = record.content else { return .zero }
            return left - readAt.duration(to: now)
        }
    }

    private var used: Set<String> = []
    private var sleeps = 0
    private var known: [String: Known]?

    /// `true` once the steps on record were read, or there can be none.
    var isRead: Bool {
        known != nil
    }

    /// The name of a sleep that was given none: the number of the sleep in its attempt.
    mutating func nextSleepName() -> String {
        sleeps += 1
        return "sleep \(sleeps)"
    }

    /// Takes a name, which counts once in an attempt.
    mutating func use(_ name: String) throws {
        guard (1...NewStep.longestName).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw StepProblem("a step's name has 1 to \(NewStep.longestName) bytes and no U+0000")
        }
        guard used.insert(name).inserted else {
            throw StepProblem(
                "the step '\(EscapedText.of(name))' came twice in one attempt; give each a name of its own"
            )
        }
    }

    /// Takes over what is on record.
    mutating func read(_ records: [StepRecord], at now: ContinuousClock.Instant) {
        known = Dictionary(records.map { ($0.name, Known(record: $0, readAt: now)) }) { first, _ in first }
    }

    /// Returns the step of that name that is on record.
    func record(_ name: String) -> Known? {
        known?[name]
    }
}

/// A reason for which a step can't be run or recorded.
///
/// The attempt fails with it, and is tried again by the handler's policy.
public struct StepProblem: Error, Hashable, CustomStringConvertible {
    /// The fault, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The error by which a handler's attempt ends for a sleep.
package struct SleepingAttempt: Error, CustomStringConvertible {
    /// The advice for a handler that catches it.
    package let description = "the attempt sleeps; let this error through, the job goes on when it is due"
}
