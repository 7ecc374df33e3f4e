import Synchronization

/// The proxy's treatment of its connections at the moment, and a count of its deeds.
struct Conditions {
    var isRefusing = false
    var isFrozen = false
    var delay = Duration.zero
    var armed: [Cut] = []
    var cuts: [CutRecord] = []
    var accepted = 0
    var refused = 0
    var links: [Int: LinkControl] = [:]
    private var lastNumber = 0

    /// Takes the first armed cut whose place is here.
    mutating func claimCut(application: String, statements: [CommittedStatement]) -> Cut? {
        let index = armed.firstIndex { $0.isHere(application: application, statements: statements) }
        return index.map { armed.remove(at: $0) }
    }

    /// Admits a connection and gives it a number, or refuses it.
    mutating func admit() -> Int? {
        guard !isRefusing else {
            refused += 1
            return nil
        }
        accepted += 1
        lastNumber += 1
        return lastNumber
    }
}

/// The conditions, shared by the proxy and its links.
final class ConditionsLock: Sendable {
    private let state = Mutex(Conditions())

    func withLock<Value>(_ body: (inout sending Conditions) throws -> sending Value) rethrows -> sending Value {
        try state.withLock(body)
    }
}
