/// A claimed job whose handler has limits for each key, with its key.
public struct KeyedJob: Hashable, Sendable {
    /// The job.
    public let job: RetryKey
    /// The key by which its handler's limits count.
    public let key: String
    /// The limits of the key.
    public let limits: KeyLimits

    /// Describes a job.
    public init(job: RetryKey, key: String, limits: KeyLimits) {
        self.job = job
        self.key = key
        self.limits = limits
    }
}

/// The decision on a job whose key is limited.
public enum KeyDecision: Hashable, Sendable {
    /// Its attempt must begin within that time; it has taken its slot and its cell.
    case begin(within: Duration)
    /// The worker does not hold it any more: it goes on when an attempt of its key ends.
    case parked
    /// The worker does not hold it any more: it is owed again in that time, for which a cell is reserved.
    case owed(dueIn: Duration)
}
