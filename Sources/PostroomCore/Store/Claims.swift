/// The identity of a running worker: a process and its life, never reused.
///
/// It is the lease and the fencing token of every claim.
public struct WorkerID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number of its row.
    public let rawValue: Int64

    /// Wraps a number that the inbox gave out.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The number in decimal.
    public var description: String {
        String(rawValue)
    }
}

/// The identity of a job: a delivery, and a handler that owes it an attempt.
public struct RetryKey: Hashable, Sendable {
    /// The delivery.
    public let delivery: DeliveryID
    /// The handler that owes the attempt.
    public let handler: HandlerName

    /// Names a job.
    public init(delivery: DeliveryID, handler: HandlerName) {
        self.delivery = delivery
        self.handler = handler
    }
}

/// Deliveries that were committed together, claimed by a worker.
///
/// For intake without a worker it is just what was stored.
public struct ClaimedBatch: Sendable {
    /// The batch.
    public let id: BatchID
    /// When its deliveries were committed, the same for all of them.
    public let receivedAt: Timestamp
    /// The deliveries, by ordinal; holes in the ordinals are duplicates that were not stored.
    public let deliveries: [Delivery]
    /// How much memory the deliveries take.
    public let size: WorkSize
    /// How many workers died uncleanly while they held it.
    public let deaths: Int

    /// Describes a claimed batch.
    public init(id: BatchID, receivedAt: Timestamp, deliveries: [Delivery], deaths: Int = 0) {
        self.id = id
        self.receivedAt = receivedAt
        self.deliveries = deliveries
        self.size = WorkSize(of: deliveries)
        self.deaths = deaths
    }

    /// Whether one of its deliveries may be what took those workers down.
    ///
    /// Such a batch must not be run: settle its jobs as owed, and each runs alone as a suspect.
    public var isSuspect: Bool {
        deaths >= CrashRules.deathsUntilSuspect
    }
}

/// When a job is suspected to take the process down, and when it is found guilty.
///
/// The statements and indexes in `sql/` have the same numbers.
public enum CrashRules {
    /// How many workers die uncleanly with a job in hand before it runs alone, with a mark.
    ///
    /// The first death proves nothing: deploys and a lack of memory are the usual causes.
    public static let deathsUntilSuspect = 2
    /// How many workers die while a suspect is marked as running before it is a dead letter.
    public static let strikesUntilDead = 2
}

/// A (delivery, handler) pair that owes an attempt, claimed by a worker.
public struct ClaimedRetry: Sendable {
    /// The job.
    public let key: RetryKey
    /// The delivery, read back from the inbox.
    public let delivery: Delivery
    /// How many attempts have failed so far; the next one is this plus one.
    public let failedAttempts: Int
    /// How many of those came before the last replay and don't count against the policy.
    public let attemptsBeforeReplay: Int

    /// Describes a claimed job.
    public init(key: RetryKey, delivery: Delivery, failedAttempts: Int, attemptsBeforeReplay: Int) {
        self.key = key
        self.delivery = delivery
        self.failedAttempts = failedAttempts
        self.attemptsBeforeReplay = attemptsBeforeReplay
    }
}

/// How much a worker can take.
public struct ClaimRequest: Sendable {
    /// How many deliveries it has room for.
    ///
    /// The last batch may exceed it; with 0 nothing is claimed.
    public var deliveries: Int
    /// The most batches to look at.
    public var batches: Int
    /// How many bytes of headers and bodies it has room for.
    ///
    /// The last batch may exceed it; with 0 nothing is claimed.
    public var bytes: Int

    /// Asks for batches.
    public init(deliveries: Int, batches: Int, bytes: Int = .max) {
        self.deliveries = deliveries
        self.batches = batches
        self.bytes = bytes
    }

    /// Asks for nothing.
    public static let nothing = ClaimRequest(deliveries: 0, batches: 0, bytes: 0)
}

/// How many retries of one handler a worker can take.
public struct RetryClaim: Hashable, Sendable {
    /// The handler.
    public let handler: HandlerName
    /// The most jobs to claim.
    public let limit: Int

    /// Asks for retries.
    public init(handler: HandlerName, limit: Int) {
        self.handler = handler
        self.limit = limit
    }
}
