import FoundationEssentials

/// The ledger of a run, for people and for machines.
public struct ChaosReport: Sendable, Encodable {
    /// What one kind of fault did.
    struct Fault: Sendable, Encodable {
        let kind: String
        let count: Int
        /// The longest time until all was well, in seconds; `nil` where none was measured.
        let worstRecovery: Double?
        /// What that one was allowed, in seconds: more than the kind's own bound where it was disturbed.
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
    /// How many of the dead letters have the reason `crash`, and how many strikes there were.
    let crashed: Int
    let strikes: Int
    let discarded: Int
    let replayed: Int
    let runs: Int
    let repeatedRuns: Int
    let lost: Int
    let lateSettlements: Int
    let nodesKilled: Int
    /// How many nodes ended by a delivery that ends its process.
    let nodesPoisoned: Int
    let worstRecovery: Double?
    let resources: [Resource]
    let faults: [Fault]
    let troubles: [String]
    let violations: [Breach]
    /// The command that makes the run again.
    public let command: String

    /// Whether every invariant held.
    public var isClean: Bool {
        violations.isEmpty
    }

    /// The report as one JSON object.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
