import FoundationEssentials
package import PostroomCore
import Synchronization

/// An inbox in memory, with the semantics of the one in Postgres.
///
/// Claims are fenced by the worker's identity, settlements by the directory's version, keys are unique per endpoint, and
/// every time is that of the given clock.
package final class InMemoryInbox: IntakeStore, WorkQueue {
    /// None: a handler of a test calls ``finish(_:)`` with its receipt.
    package let transactions: (any TransactionSource)? = nil
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<InboxState>
    private let workBroadcast = Broadcast()
    private let directoryChangeBroadcast = Broadcast()

    /// Makes an empty inbox.
    ///
    /// - Parameter now: The database's clock; the system's where nothing is said.
    package init(now: (@Sendable () -> Timestamp)? = nil) {
        self.now = now ?? { Timestamp(Date.now) }
        self.state = Mutex(InboxState())
    }

    /// Reads or changes the tables in one commit.
    func commit<Result: Sendable>(_ body: (inout InboxState, Timestamp) -> Result) -> Result {
        let moment = now()
        return state.withLock { state in
            state.storeDueEvents(at: moment)
            defer { state.moveRenamed(at: moment) }
            return body(&state, moment)
        }
    }

    /// Signals that work may have become claimable.
    func signalWork() {
        workBroadcast.send()
    }

    /// Signals that a handler was changed.
    func signalDirectoryChange() {
        workBroadcast.send()
        directoryChangeBroadcast.send()
    }

    // MARK: - Intake

    /// Commits requests together; see ``PostroomCore/IntakeStore/store(_:claimedBy:)``.
    package func store(
        _ deliveries: [IncomingDelivery],
        claimedBy worker: WorkerID?
    ) async throws(QueueError) -> IntakeResult {
        let result = commit { state, now in state.store(deliveries, claimedBy: worker, at: now) }
        if worker == nil && !result.batches.isEmpty {
            signalWork()
        }
        return result
    }

    // MARK: - Workers

    /// Makes a worker known; see ``PostroomCore/WorkQueue/register(_:)``.
    package func register(_ registration: WorkerRegistration) async throws(QueueError) -> WorkerID {
        commit { state, now in state.register(registration, at: now) }
    }

    /// Says that a worker lives; see ``PostroomCore/WorkQueue/heartbeat(_:)``.
    package func heartbeat(_ worker: WorkerID) async throws(QueueError) -> Int64? {
        commit { state, now in state.heartbeat(worker, at: now) }
    }

    /// Reads the handler directory; see ``PostroomCore/WorkQueue/directory()``.
    package func directory() async throws(QueueError) -> HandlerDirectory {
        commit { state, _ in state.directory.snapshot }
    }

    /// Ends a worker cleanly; see ``PostroomCore/WorkQueue/deregister(_:)``.
    package func deregister(_ worker: WorkerID) async throws(QueueError) {
        commit { state, _ in state.deregister(worker) }
        signalWork()
    }

    /// Reads the newest signs of life; see ``PostroomCore/WorkQueue/pulses(overdueAfter:)``.
    package func pulses(overdueAfter lease: Duration) async throws(QueueError) -> [WorkerPulse] {
        commit { state, now in state.pulses(overdueAfter: lease, at: now) }
    }

    /// Returns the claims of silent workers; see ``PostroomCore/WorkQueue/rescue(_:)``.
    package func rescue(_ silent: [WorkerPulse]) async throws(QueueError) -> RescueReport {
        let report = commit { state, now in state.rescue(silent, at: now) }
        if report.batches + report.retries > 0 {
            signalWork()
        }
        return report
    }

    // MARK: - Claims

    /// Settles, and claims what is next; see ``PostroomCore/WorkQueue/settle(_:thenClaim:for:)``.
    package func settle(
        _ settlement: Settlement,
        thenClaim request: ClaimRequest,
        for worker: WorkerID
    ) async throws(QueueError) -> (SettlementResult, [ClaimedBatch]) {
        let (result, claimed, hasStored) = commit { state, now in
            let before = state.deliveryCount
            let result = state.settle(settlement, by: worker, at: now)
            return (result, state.claim(request, for: worker), state.deliveryCount > before)
        }
        if hasStored {
            signalWork()
        }
        return (result, claimed)
    }

    /// Claims due retries; see ``PostroomCore/WorkQueue/claimRetries(_:for:)``.
    package func claimRetries(
        _ claims: [RetryClaim],
        for worker: WorkerID
    ) async throws(QueueError) -> [ClaimedRetry] {
        commit { state, now in state.claim(claims, for: worker, at: now) }
    }

    /// Claims and marks a suspect; see ``PostroomCore/WorkQueue/claimSuspect(of:for:)``.
    package func claimSuspect(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> ClaimedRetry? {
        commit { state, now in state.claimSuspect(of: handlers, for: worker, at: now) }
    }

    /// Adjusts shares; see ``PostroomCore/WorkQueue/adjustShares(_:of:)``.
    package func adjustShares(_ needs: [ShareNeed], of worker: WorkerID) async throws(QueueError) -> LimitState {
        commit { state, now in state.adjustShares(needs, of: worker, at: now) }
    }

    /// Takes cells of rates; see ``PostroomCore/WorkQueue/takeCells(_:)``.
    package func takeCells(_ requests: [CellRequest]) async throws(QueueError) -> [CellLot] {
        commit { state, now in state.takeCells(requests, at: now) }
    }

    /// Holds a handler back; see ``PostroomCore/WorkQueue/holdBack(_:for:)``.
    package func holdBack(_ handler: HandlerName, for duration: Duration) async throws(QueueError) {
        commit { state, now in state.holdBack(handler, for: duration, at: now) }
        signalDirectoryChange()
    }

    /// Decides which jobs may begin by the limits of their keys; see ``PostroomCore/WorkQueue/admit(_:for:)``.
    package func admit(_ jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> [RetryKey: KeyDecision] {
        commit { state, now in state.admit(jobs, for: worker, at: now) }
    }

    /// Frees slots; see ``PostroomCore/WorkQueue/freeKeys(of:for:)``.
    package func freeKeys(of jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> Int {
        let count = commit { state, now in state.freeKeys(of: jobs, for: worker, at: now) }
        if count > 0 {
            signalWork()
        }
        return count
    }

    /// Mends limits by key; see ``PostroomCore/WorkQueue/sweepKeys(of:known:)``.
    package func sweepKeys(of worker: WorkerID, known: [RetryKey]) async throws(QueueError) -> Int {
        let count = commit { state, now in state.sweepKeys(of: worker, known: known, at: now) }
        if count > 0 {
            signalWork()
        }
        return count
    }

    /// Gives back unknown claims; see ``PostroomCore/WorkQueue/releaseUnknownClaims(of:known:)``.
    package func releaseUnknownClaims(of worker: WorkerID, known: HeldClaims) async throws(QueueError) -> Int {
        let count = commit { state, _ in
            state.release(
                batches: { $0.worker == worker && !known.batches.contains($0.batch.id) },
                retries: { $0.worker == worker && !known.retries.contains($0.key) }
            )
        }
        if count.batches + count.retries > 0 {
            signalWork()
        }
        return count.batches + count.retries
    }

    /// Signals that work may have become claimable.
    package func wakeUps() -> AsyncStream<Void> {
        workBroadcast.stream()
    }

    /// Signals that a handler was paused or resumed.
    package func directoryChanges() -> AsyncStream<Void> {
        directoryChangeBroadcast.stream()
    }
}

extension InMemoryInbox: InboxInspection {
    /// The batches that are not settled.
    package func batches() async -> [BatchView] {
        commit { state, _ in
            state.batches.values.map { BatchView(id: $0.batch.id, holder: $0.worker) }
                .sorted { $0.id < $1.id }
        }
    }

    /// The pairs that owe an attempt.
    package func retries() async -> [RetryView] {
        commit { state, now in
            state.retries.values
                .map { row in
                    RetryView(
                        key: row.key,
                        failedAttempts: row.failedAttempts,
                        attemptsBeforeReplay: row.attemptsBeforeReplay,
                        isDue: row.dueAt <= now,
                        holder: row.worker
                    )
                }
                .sorted { ($0.key.delivery, $0.key.handler) < ($1.key.delivery, $1.key.handler) }
        }
    }

    /// The dead letters.
    package func deadLetters() async -> [DeadLetterView] {
        commit { state, _ in
            state.deadLetters.values
                .map { row in
                    DeadLetterView(
                        key: row.key,
                        reason: row.reason,
                        failedAttempts: row.failedAttempts,
                        error: row.error
                    )
                }
                .sorted { ($0.key.delivery, $0.key.handler) < ($1.key.delivery, $1.key.handler) }
        }
    }

    /// The pairs that succeeded, once for each time that was recorded.
    package func handledPairs() async -> [PairView] {
        commit { state, _ in
            state.handled
                .flatMap { batch, pairs in
                    pairs.compactMap { pair -> PairView? in
                        guard case .handled = pair.outcome else { return nil }
                        return PairView(
                            delivery: DeliveryID(batch: batch, ordinal: pair.ordinal),
                            handler: pair.handler
                        )
                    }
                }
                .sorted { ($0.delivery, $0.handler) < ($1.delivery, $1.handler) }
        }
    }

    /// The pairs that a newer one made needless.
    package func superseded() async -> [PairView] {
        commit { state, _ in state.superseded.map { PairView(delivery: $0.delivery, handler: $0.handler) } }
    }

    /// Takes a dead letter away.
    package func discard(_ key: RetryKey) async {
        commit { state, now in
            guard let letter = state.deadLetters.removeValue(forKey: key) else { return }
            state.steps[key] = nil
            if let place = letter.place {
                state.arrange(.place(place), of: key.handler, at: now)
            }
        }
    }

    /// Ends a pair as `postroom.finish` does, in a transaction that is committed at once.
    package func finish(_ receipt: String) async -> FinishResult {
        guard let receipt = Receipt(text: receipt) else { return .isNoReceipt }
        return commit { state, _ in state.finish(receipt) }
    }

    /// Puts a dead letter back among the retries, its failed attempts forgiven.
    package func replay(_ key: RetryKey) async {
        _ = putBack(key)
    }

    /// Pauses a handler: its pairs wait.
    package func pause(_ handler: HandlerName) async {
        commit { state, _ in state.directory.pause(handler, true) }
        signalDirectoryChange()
    }

    /// Resumes a paused handler.
    package func resume(_ handler: HandlerName) async {
        commit { state, _ in state.directory.pause(handler, false) }
        signalDirectoryChange()
    }

    /// Gives a handler another name, with all that it owes.
    package func rename(_ handler: HandlerName, to name: HandlerName) async {
        commit { state, _ in _ = state.directory.rename(handler, to: name) }
        signalDirectoryChange()
    }

    /// Does nothing: jobs move with the commit that renames their handler, or settles them.
    package func moveRenamed() async {}

    /// Moves every stored time into the past, as if that long had gone by.
    package func letTimePass(_ duration: Duration) async {
        commit { state, _ in state.letTimePass(duration) }
    }

    /// The failed attempts that were recorded.
    package func failedAttempts() -> [(key: RetryKey, failure: AttemptFailure)] {
        commit { state, _ in state.failures }
    }

    /// Takes a handler out of the directory.
    package func remove(_ handler: HandlerName) {
        commit { state, _ in state.directory.remove(handler) }
    }

    /// Removes a worker and gives back what it holds, as a rescue does with a silent one.
    package func bury(_ worker: WorkerID) {
        commit { state, _ in state.deregister(worker) }
        signalWork()
    }

    /// Puts a dead letter back among the retries, its failed attempts forgiven.
    ///
    /// - Returns: True if there was such a letter.
    package func putBack(_ key: RetryKey) -> Bool {
        let isThere = commit { state, now in
            guard let letter = state.deadLetters.removeValue(forKey: key) else { return false }
            var row = RetryRow(
                key: key,
                delivery: letter.delivery,
                failedAttempts: letter.failedAttempts,
                attemptsBeforeReplay: letter.failedAttempts,
                dueAt: now
            )
            row.order =
                letter.place.map { .place($0) } ?? (state.directory.rule(of: key.handler) == nil ? .none : .unknown)
            row.isBehind = row.order.place != nil
            state.retries[key] = row
            state.arrange(row.order, of: key.handler, at: now)
            return true
        }
        if isThere {
            signalWork()
        }
        return isThere
    }

    /// The number of pairs that succeeded, counted without listing them.
    package var handledCount: Int {
        commit { state, _ in
            state.handled.reduce(0) { total, batch in
                total + batch.jobs.count { if case .handled = $0.outcome { true } else { false } }
            }
        }
    }
}
