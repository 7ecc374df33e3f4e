/// The queue from which a worker claims and in which it settles.
///
/// Every claim is fenced by the worker's identity: a settlement of what the worker no longer holds changes nothing and
/// is reported, never an error. All times are the database's.
package protocol WorkQueue: StepStore, DeadLetterNotices {
    /// The source of the transactions in which attempts end their jobs; `nil` where there is none.
    var transactions: (any TransactionSource)? { get }

    /// Registers the worker under a new identity, and records its handlers and their subscriptions.
    ///
    /// A handler that is known by a former name gets its new one first, with all that it owes, unless that is taken. A
    /// handler that is registered by a former name is not recorded: it works for the one that has a newer name.
    func register(_ registration: WorkerRegistration) async throws(QueueError) -> WorkerID

    /// Records that the worker lives.
    ///
    /// - Returns: The newest version of the handler directory, or `nil` where the worker was rescued: it must drop what
    ///   it holds and register anew.
    func heartbeat(_ worker: WorkerID) async throws(QueueError) -> Int64?

    /// Reads the handler directory.
    func directory() async throws(QueueError) -> HandlerDirectory

    /// Settles what ended and claims what is next, in one commit.
    ///
    /// - Throws: ``QueueError``. It may have been committed even so: settling again reports the batches as lost, and
    ///   claims nobody knows of come back through ``releaseUnknownClaims(of:known:)``.
    func settle(
        _ settlement: Settlement,
        thenClaim request: ClaimRequest,
        for worker: WorkerID
    ) async throws(QueueError) -> (SettlementResult, [ClaimedBatch])

    /// Claims retries that are due and no suspects, oldest first for each handler. Paused handlers have none.
    func claimRetries(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry]

    /// Claims one crash suspect of those handlers that is due, and marks it as running.
    ///
    /// Run it at once and alone, and settle it before the next one is claimed: if the worker dies meanwhile, the marked
    /// job is the one that is blamed.
    ///
    /// - Returns: The suspect, or `nil` where none is due.
    func claimSuspect(of handlers: [HandlerName], for worker: WorkerID) async throws(QueueError) -> ClaimedRetry?

    /// Adjusts the worker's shares of the concurrency that handlers have over all processes, and reads which handlers are
    /// held back.
    ///
    /// A share goes with the worker's row.
    func adjustShares(_ needs: [ShareNeed], of worker: WorkerID) async throws(QueueError) -> LimitState

    /// Takes cells of handlers' rates, for jobs that are due now.
    ///
    /// - Parameter requests: The handlers, each once.
    /// - Returns: A lot for each handler that has jobs due. Its cells were taken after the call began, and are used or
    ///   expired within ``CellRate/life`` of that.
    /// - Throws: ``QueueError``. Cells may have been taken; they expire.
    func takeCells(_ requests: [CellRequest]) async throws(QueueError) -> [CellLot]

    /// Holds a handler back: no process claims a job of it for that time, and those that hold some learn of it.
    ///
    /// A hold that lasts longer stays as it is.
    func holdBack(_ handler: HandlerName, for duration: Duration) async throws(QueueError)

    /// Decides which of a worker's jobs may begin by the limits of their keys, and puts the others back.
    ///
    /// - Returns: The decisions; none for a job that the worker does not hold.
    /// - Throws: ``QueueError``. Slots may have been taken: ask again for the same jobs.
    func admit(_ jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> [RetryKey: KeyDecision]

    /// Frees the slots of attempts that have returned; for each, a job that waits for its key goes on.
    ///
    /// - Returns: The number of jobs that go on.
    @discardableResult
    func freeKeys(of jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> Int

    /// Mends what deaths and lost replies leave of limits by key.
    ///
    /// - Parameters:
    ///   - worker: The worker that asks.
    ///   - known: The jobs of which it knows that they have slots, or may have.
    /// - Returns: The number of jobs that go on.
    /// - Throws: ``QueueError``; ask again.
    @discardableResult
    func sweepKeys(of worker: WorkerID, known: [RetryKey]) async throws(QueueError) -> Int

    /// Makes claimable what the database holds for this worker and the worker does not know of: the claims whose reply
    /// was lost.
    ///
    /// - Parameters:
    ///   - worker: The worker that asks.
    ///   - known: Everything the worker holds, with what it may be about to learn of. A claim that is given back
    ///     although a late reply brings it runs twice and is settled once.
    /// - Returns: The number of batches and retries that were released.
    /// - Throws: ``QueueError``; ask again.
    func releaseUnknownClaims(of worker: WorkerID, known: HeldClaims) async throws(QueueError) -> Int

    /// Ends the worker cleanly: releases everything that it still holds, charges no attempt, and removes it.
    func deregister(_ worker: WorkerID) async throws(QueueError)

    /// Reads the newest heartbeat of every worker.
    ///
    /// - Parameter lease: The age of a heartbeat by the database's clock at which its worker is overdue.
    /// - Returns: One for each worker that is known.
    /// - Throws: ``QueueError``.
    func pulses(overdueAfter lease: Duration) async throws(QueueError) -> [WorkerPulse]

    /// Removes the workers that have sent no further heartbeat, and makes claimable what they hold, and what is held by
    /// workers that are gone.
    ///
    /// Each batch and retry among it counts a death. A suspect that was marked as running gets a strike, which is a failed attempt, and
    /// with the last strike it is a dead letter.
    ///
    /// - Parameter silent: The workers, each with the last heartbeat that was seen.
    /// - Returns: The numbers and keys of what was rescued.
    /// - Throws: ``QueueError``; nothing was changed, or all of it, and the reply was lost.
    func rescue(_ silent: [WorkerPulse]) async throws(QueueError) -> RescueReport

    /// Signals that work may have become claimable: from other processes, and when the connection that listens was lost
    /// and is back. Signals may be coalesced or missing; poll beside them.
    func wakeUps() -> AsyncStream<Void>

    /// Signals that a person may have paused, resumed or removed a handler, so that workers need not wait for their next
    /// heartbeat to learn of it. Signals may be coalesced or missing.
    func directoryChanges() -> AsyncStream<Void>
}

/// The newest heartbeat of a worker.
public struct WorkerPulse: Hashable, Sendable {
    /// The worker.
    public let worker: WorkerID
    /// The time of the heartbeat by the database's clock: a mark to compare, for that clock may step.
    public let heartbeat: Timestamp
    /// `true` where it is older than the lease by the database's clock.
    public let isOverdue: Bool

    /// Describes a heartbeat.
    public init(worker: WorkerID, heartbeat: Timestamp, isOverdue: Bool) {
        self.worker = worker
        self.heartbeat = heartbeat
        self.isOverdue = isOverdue
    }
}

/// The claims that a worker holds.
public struct HeldClaims: Sendable {
    /// The batches.
    public var batches: Set<BatchID>
    /// The retries.
    public var retries: Set<RetryKey>

    /// Lists claims.
    public init(batches: Set<BatchID> = [], retries: Set<RetryKey> = []) {
        self.batches = batches
        self.retries = retries
    }
}

/// The result of a rescue.
public struct RescueReport: Hashable, Sendable {
    /// The workers that were silent.
    public let workers: [WorkerID]
    /// The number of their batches that are claimable again.
    public let batches: Int
    /// The number of their retries that are claimable again.
    public let retries: Int
    /// The suspects that were marked as running, and run again.
    public let struck: [RetryKey]
    /// The suspects that were marked as running, and are dead letters now.
    public let deadSuspects: [RetryKey]

    /// Describes a rescue.
    public init(
        workers: [WorkerID],
        batches: Int,
        retries: Int,
        struck: [RetryKey] = [],
        deadSuspects: [RetryKey] = []
    ) {
        self.workers = workers
        self.batches = batches
        self.retries = retries
        self.struck = struck
        self.deadSuspects = deadSuspects
    }
}

/// An error of the inbox.
public struct QueueError: Error, Hashable, CustomStringConvertible {
    /// The kinds of errors, by what can be done about them.
    public enum Kind: Sendable {
        /// The database can't be reached, is overloaded or cut the statement short: the same call may succeed later.
        case unavailable
        /// The database refused, and will refuse again.
        case rejected
    }

    /// The kind.
    public let kind: Kind
    /// The event in words for a log: no bound value, body or secret.
    public let description: String
    /// `true` where the database refused the values of the call: the same call with other values may succeed.
    public let isAboutValues: Bool

    /// Describes an error.
    public init(kind: Kind, description: String, isAboutValues: Bool = false) {
        self.kind = kind
        self.description = description
        self.isAboutValues = isAboutValues
    }
}
