/// The reason why a job is not tried again by itself.
public enum DeathReason: String, Sendable, CaseIterable {
    /// The last attempt that the policy allows has failed.
    case exhausted
    /// The handler said that trying again can't help.
    case permanent
    /// The body does not fit the handler's type.
    case undecodable
    /// The process died twice while this job ran.
    case crash
}

/// A failed attempt, as it is recorded.
public struct AttemptFailure: Hashable, Sendable {
    /// The most bytes of an error that are recorded.
    private static let longestError = 4096

    /// The number of the attempt, from 1 to 2,147,483,647.
    public let attempt: Int
    /// The error, at most 4,096 bytes, without U+0000.
    public let error: String
    /// The duration of the attempt, from nothing to ten years.
    public let duration: Duration

    /// Records a failure.
    ///
    /// The text is cut to fit, U+0000, which Postgres can't store, is replaced, and numbers out of bounds are moved to the
    /// nearest bound.
    public init(attempt: Int, error: String, duration: Duration) {
        self.attempt = min(Int(Int32.max), max(1, attempt))
        self.error = Self.storable(error)
        self.duration = RetryPolicy.bounded(duration)
    }

    /// Looks at no more of the text than is kept: an error may be a hundred megabytes long.
    private static func storable(_ text: String) -> String {
        let start = text.utf8.prefix(longestError + 1)
        guard start.count > longestError || start.contains(0) else { return text }
        var bytes: [UInt8] = []
        for byte in start {
            byte == 0 ? bytes.append(contentsOf: [0xEF, 0xBF, 0xBD]) : bytes.append(byte)
        }
        // What is cut in two at the end becomes U+FFFD, which takes three bytes.
        let kept = bytes.count > longestError ? bytes.prefix(longestError - 3) : bytes[...]
        return String(decoding: kept, as: UTF8.self)
    }
}

/// The writes that come with a job's success, in the commit of its settlement.
public struct JobCompletion: Hashable, Sendable {
    /// The events that its attempt enqueued, each with a key.
    public let followUps: [EnqueuedEvent]
    /// `true` where the job may have steps on record, which end with it.
    public let hasSteps: Bool

    /// Describes the writes.
    public init(followUps: [EnqueuedEvent] = [], hasSteps: Bool = false) {
        self.followUps = followUps
        self.hasSteps = hasSteps
    }

    /// None.
    public static let plain = JobCompletion()
}

/// The outcome of one job.
public enum JobOutcome: Sendable {
    /// It is done, in that time; with what its success brings with it.
    case handled(duration: Duration, completion: JobCompletion = .plain)
    /// It owes another attempt, due that long after the settlement by the database's clock; with a failure where an
    /// attempt was made.
    case owed(dueIn: Duration, failure: AttemptFailure?)
    /// It still runs: it leaves its batch and becomes a retry that this worker holds.
    case running
    /// It is not tried again by itself.
    case dead(reason: DeathReason, failure: AttemptFailure)

    /// The outcome with a time that any inbox can store: from nothing to ten years.
    var bounded: JobOutcome {
        switch self {
        case .handled(let duration, let completion):
            .handled(duration: RetryPolicy.bounded(duration), completion: completion)
        case .owed(let delay, let failure): .owed(dueIn: RetryPolicy.bounded(delay), failure: failure)
        case .running, .dead: self
        }
    }
}

/// The end of a claimed batch: the outcomes of its jobs.
public struct BatchSettlement: Sendable {
    /// One job of the batch.
    public struct Job: Sendable {
        /// The delivery's place in the batch.
        public let ordinal: UInt8
        /// The handler.
        public let handler: HandlerName
        /// The outcome.
        public let outcome: JobOutcome
        /// The place in the order of its handler, with which it is owed.
        package let order: JobOrder

        /// Describes a job; times out of bounds are moved to the nearest bound.
        public init(ordinal: UInt8, handler: HandlerName, outcome: JobOutcome) {
            self.init(ordinal: ordinal, handler: handler, outcome: outcome, order: .none)
        }

        /// Describes a job with its place in the order of its handler.
        package init(ordinal: UInt8, handler: HandlerName, outcome: JobOutcome, order: JobOrder) {
            self.ordinal = ordinal
            self.handler = handler
            self.outcome = outcome.bounded
            self.order = order
        }
    }

    /// The batch.
    public let id: BatchID
    /// The time at which its deliveries were committed.
    public let receivedAt: Timestamp
    /// Its jobs; a delivery without jobs was subscribed to by nobody.
    public let jobs: [Job]

    /// Describes a batch's end.
    public init(id: BatchID, receivedAt: Timestamp, jobs: [Job]) {
        self.id = id
        self.receivedAt = receivedAt
        self.jobs = jobs
    }
}

/// The end of a claimed retry.
///
/// An outcome of `running` is not allowed here.
public struct RetrySettlement: Sendable {
    /// The job.
    public let key: RetryKey
    /// The outcome.
    public let outcome: JobOutcome
    /// `true` where the job may be finished already, and is handled then, whatever the outcome says.
    public let isTransactional: Bool
    /// The place that it has in the order of its handler.
    package let place: OrderPlace?
    /// The place that was found for it now: it is owed with that.
    package let newOrder: JobOrder?

    /// Describes a retry's end; times out of bounds are moved to the nearest bound.
    public init(key: RetryKey, outcome: JobOutcome, isTransactional: Bool = false) {
        self.init(key: key, outcome: outcome, isTransactional: isTransactional, place: nil)
    }

    /// Describes the end of a retry with a place in the order of its handler.
    package init(
        key: RetryKey,
        outcome: JobOutcome,
        isTransactional: Bool = false,
        place: OrderPlace?,
        newOrder: JobOrder? = nil
    ) {
        self.key = key
        self.outcome = outcome.bounded
        self.isTransactional = isTransactional
        self.place = place
        self.newOrder = newOrder
    }
}

/// Everything that a worker settles in one commit.
public struct Settlement: Sendable {
    /// The batches that end.
    public var batches: [BatchSettlement]
    /// The retries that end.
    public var retries: [RetrySettlement]
    /// The version of the handler directory that the batches' jobs were computed from.
    public var directoryVersion: Int64

    /// Collects what is settled.
    public init(batches: [BatchSettlement] = [], retries: [RetrySettlement] = [], directoryVersion: Int64) {
        self.batches = batches
        self.retries = retries
        self.directoryVersion = directoryVersion
    }

    /// `true` where there is nothing to settle.
    public var isEmpty: Bool {
        batches.isEmpty && retries.isEmpty
    }
}

/// The result of a settlement.
public struct SettlementResult: Sendable {
    /// `true` where the batches were refused because the handler directory has changed since.
    ///
    /// They are still held: read the directory, compute the jobs of handlers that are new, and settle again. Retries
    /// are never refused for this.
    public let directoryIsStale: Bool
    /// The batches that this worker no longer held.
    ///
    /// Nothing was written for them.
    public let lostBatches: [BatchID]
    /// The retries that this worker no longer held.
    ///
    /// Nothing was written for them.
    public let lostRetries: [RetryKey]

    /// Describes a settlement's result.
    public init(directoryIsStale: Bool, lostBatches: [BatchID], lostRetries: [RetryKey]) {
        self.directoryIsStale = directoryIsStale
        self.lostBatches = lostBatches
        self.lostRetries = lostRetries
    }
}
