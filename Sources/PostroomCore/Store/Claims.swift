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
/// For intake without a worker it is a batch that was stored, and nobody has claimed it.
public struct ClaimedBatch: Sendable {
    /// The batch.
    public let id: BatchID
    /// The time at which its deliveries were committed, the same for all of them.
    public let receivedAt: Timestamp
    /// The deliveries, by ordinal; holes in the ordinals are duplicates that were not stored.
    public let deliveries: [Delivery]
    /// The size of the deliveries.
    public let size: WorkSize
    /// The number of workers that died uncleanly while they held it.
    public let deaths: Int

    /// Describes a claimed batch.
    public init(id: BatchID, receivedAt: Timestamp, deliveries: [Delivery], deaths: Int = 0) {
        self.id = id
        self.receivedAt = receivedAt
        self.deliveries = deliveries
        self.size = WorkSize(of: deliveries)
        self.deaths = deaths
    }

    /// `true` where one of its deliveries may be what took those workers down.
    ///
    /// Such a batch must not be run: settle its jobs as owed, and each runs alone as a suspect.
    public var isSuspect: Bool {
        deaths >= CrashRules.deathsUntilSuspect
    }
}

/// The rules by which a job is suspected of taking the process down, and becomes a dead letter.
///
/// The statements and indexes in `sql/` have the same numbers.
public enum CrashRules {
    /// The number of workers that die uncleanly with a job in hand before it runs alone, with a mark.
    ///
    /// The first death proves nothing: deploys and a lack of memory are the usual causes.
    public static let deathsUntilSuspect = 2
    /// The number of workers that die while a suspect is marked as running before it is a dead letter.
    public static let strikesUntilDead = 2
}

/// A job that owes an attempt, claimed by a worker.
public struct ClaimedRetry: Sendable {
    /// The job.
    public let key: RetryKey
    /// The delivery, read back from the inbox.
    public let delivery: Delivery
    /// The number of attempts that have failed so far; the next one is this plus one.
    public let failedAttempts: Int
    /// The number of those that came before the last replay and do not count against the policy.
    public let attemptsBeforeReplay: Int
    /// `true` where an earlier attempt has ended it inside a transaction: it must not be run, only settled as handled.
    public let isFinished: Bool
    /// The place in the order of its handler.
    package let order: JobOrder

    /// Describes a claimed job.
    public init(
        key: RetryKey,
        delivery: Delivery,
        failedAttempts: Int,
        attemptsBeforeReplay: Int,
        isFinished: Bool = false
    ) {
        self.init(
            key: key,
            delivery: delivery,
            failedAttempts: failedAttempts,
            attemptsBeforeReplay: attemptsBeforeReplay,
            isFinished: isFinished,
            order: .none
        )
    }

    /// Describes a claimed job with its place in the order of its handler.
    package init(
        key: RetryKey,
        delivery: Delivery,
        failedAttempts: Int,
        attemptsBeforeReplay: Int,
        isFinished: Bool,
        order: JobOrder
    ) {
        self.key = key
        self.delivery = delivery
        self.failedAttempts = failedAttempts
        self.attemptsBeforeReplay = attemptsBeforeReplay
        self.isFinished = isFinished
        self.order = order
    }
}

/// A request for batches, with the most that the worker can take.
public struct ClaimRequest: Sendable {
    /// The number of deliveries that fit.
    ///
    /// The last batch may exceed it; with 0 nothing is claimed.
    public var deliveries: Int
    /// The most batches to look at.
    public var batches: Int
    /// The number of bytes of headers and bodies that fit.
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

/// A request for retries of one handler, with the most that the worker can take.
public struct RetryClaim: Hashable, Sendable {
    /// The handler.
    public let handler: HandlerName
    /// The most jobs to claim.
    public let limit: Int
    /// `true` where its jobs may be finished already, so that the claim has to look.
    public let isTransactional: Bool
    /// `true` where some of its jobs may have a key.
    public let mayHaveKeys: Bool

    /// Asks for retries.
    public init(handler: HandlerName, limit: Int, isTransactional: Bool = false, mayHaveKeys: Bool = false) {
        self.handler = handler
        self.limit = limit
        self.isTransactional = isTransactional
        self.mayHaveKeys = mayHaveKeys
    }
}
