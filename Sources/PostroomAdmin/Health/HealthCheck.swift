/// What a health check found.
public enum HealthState: Hashable, Sendable {
    /// All is well.
    case healthy
    /// Something is not, and what: one line for the person who looks, without secrets.
    case failing(reason: String)
}

/// A named question about the health of this process, answered at once from what the process knows already.
///
/// A load balancer asks every few seconds, most of all in an incident, and drops who is late. So a check can't wait: what
/// has to be looked up elsewhere is looked up in the background, and the check tells what was found and how old it is.
public struct HealthCheck: Sendable {
    /// The name in the answer, for example `database`.
    public let name: String
    let state: @Sendable () -> HealthState

    /// Makes a check.
    ///
    /// - Parameters:
    ///   - name: The name in the answer.
    ///   - state: Tells the state, in constant time.
    public init(name: String, state: @escaping @Sendable () -> HealthState) {
        self.name = name
        self.state = state
    }
}
