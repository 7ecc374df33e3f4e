/// An invariant that did not hold.
struct Violation: Sendable {
    /// Its number in the list of invariants, for example `I3`.
    let invariant: String
    /// What was found, as a sentence without its subject.
    let finding: String
    /// How often.
    let count: Int
    /// Some of the places.
    let examples: [String]

    /// How many examples are kept.
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
