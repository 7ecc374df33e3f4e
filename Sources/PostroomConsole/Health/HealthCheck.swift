/// What a health check found.
public enum HealthState: Hashable, Sendable {
    /// All is well.
    case healthy
    /// Something is not, and what: one line for the person who looks, without secrets.
    case failing(reason: String)
}

/// A named question about the health of this process.
public struct HealthCheck: Sendable {
    /// The name in the answer, for example `database`.
    public let name: String
    let call: SharedCall<HealthState>

    /// Makes a check.
    ///
    /// Overlapping requests share one run. A run that takes too long counts as failing and is left to end by itself.
    ///
    /// - Parameters:
    ///   - name: The name in the answer.
    ///   - check: Looks and answers; it is cancelled when the server stops.
    public init(name: String, check: @escaping @Sendable () async -> HealthState) {
        self.name = name
        self.call = SharedCall(check)
    }
}
