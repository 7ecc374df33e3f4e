import Synchronization

/// The conditions, shared by the proxy and its links.
final class ConditionsLock: Sendable {
    private let state = Mutex(Conditions())

    func withLock<Value>(_ body: (inout sending Conditions) throws -> sending Value) rethrows -> sending Value {
        try state.withLock(body)
    }
}
