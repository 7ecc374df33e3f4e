import Logging
import PostgresClient
package import PostroomCore
import Synchronization

extension Inbox: WorkQueue {
    /// The connections on which attempts run transactions of their own.
    package var transactions: (any TransactionSource)? {
        transactionConnections
    }

    /// Makes a worker known, and its handlers with it.
    package func register(_ registration: WorkerRegistration) async throws(QueueError) -> WorkerID {
        let subscriptions = registration.handlers.flatMap { handler in
            let kind = registration.kinds[handler.name] ?? .code
            return handler.patterns.map { pattern in
                HandlerRecord.Subscription(
                    handler: handler.name,
                    pattern: pattern.description,
                    orderRule: registration.orders[handler.name]?.rule.rawValue,
                    kind: kind.rawValue
                )
            }
        }
        let renamings = registration.renamings.map { HandlerAdopt.Renaming(handler: $0.name, formerName: $0.former) }
        let record = HandlerRecord(subscriptions: subscriptions)
        let limits = limitRecord(of: registration)
        let register = WorkerRegister(label: registration.label, handlers: registration.handlers.map(\.name))
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            if !renamings.isEmpty {
                _ = try await lease.execute(HandlerAdopt(renamings: renamings))
            }
            _ = try await lease.execute(record)
            _ = try await lease.execute(limits)
            return try await lease.execute(register)
        }
        guard let row = rows.first else {
            throw QueueError(kind: .rejected, description: "the worker's row was not returned")
        }
        return row.id
    }

    /// Renews the worker's sign of life, by the database's clock.
    package func heartbeat(_ worker: WorkerID) async throws(QueueError) -> Int64? {
        let beat = WorkerHeartbeat(worker: worker)
        return try await inQueueTerms { () async throws(PostgresError) in
            try await lease.execute(beat).first?.directoryVersion
        }
    }

    /// Reads the handlers of every program that shares the inbox.
    package func directory() async throws(QueueError) -> HandlerDirectory {
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await lease.execute(DirectoryRead())
        }
        return HandlerDirectory(
            version: rows.first?.version ?? 0,
            entries: rows.compactMap(HandlerDirectory.Entry.init)
        )
    }

    /// Claims due retries, those with a key and those without.
    package func claimRetries(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry] {
        let wanted = claims.filter { $0.limit > 0 }
        guard !wanted.isEmpty else { return [] }
        let unique = Dictionary(wanted.map { ($0.handler, $0) }) { first, _ in first }.values
            .sorted { $0.handler < $1.handler }
        let ordered = try await claimOrdered(unique.filter(\.mayHaveKeys), for: worker)
        let rest = unique.compactMap { claim in
            let left = claim.limit - ordered.count { $0.key.handler == claim.handler }
            return left > 0 ? claim.with(limit: left) : nil
        }
        return rest.isEmpty ? ordered : ordered + (try await claimPlain(rest, for: worker))
    }

    private func claimPlain(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry] {
        let claim = DueClaim(
            worker: worker,
            wanted: claims.map { claim in
                DueClaim.Wanted(
                    handler: claim.handler,
                    most: Int32(clamping: claim.limit),
                    start: dueCursors.start(handler: claim.handler),
                    isTransactional: claim.isTransactional
                )
            }
        )
        let began = ContinuousClock.now
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(claim) }
        let took = ContinuousClock.now - began
        for wanted in claim.wanted {
            let newest = rows.lazy.filter { $0.handler == wanted.handler }.map(\.dueAt).max()
            dueCursors.note(handler: wanted.handler, newest: newest, from: wanted.start, took: took)
        }
        return try await complete(rows, for: worker)
    }

    /// Claims jobs that are in front of their key.
    private func claimOrdered(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry] {
        guard !claims.isEmpty else { return [] }
        let floor = batchFloor.start()
        let claim = OrderedClaim(
            worker: worker,
            wanted: claims.map { claim in
                OrderedClaim.Wanted(
                    handler: claim.handler,
                    most: Int32(clamping: claim.limit),
                    start: orderedCursors.start(handler: claim.handler),
                    isTransactional: claim.isTransactional
                )
            },
            floor: floor
        )
        let began = ContinuousClock.now
        let (found, rows) = try await inQueueTerms { () async throws(PostgresError) in
            try await dispatch.execute(BatchFloor(floor: floor), claim)
        }
        let took = ContinuousClock.now - began
        if let found = found.first {
            batchFloor.note(found.batchID)
        }
        for wanted in claim.wanted {
            let newest = rows.lazy.filter { $0.handler == wanted.handler }.map(\.dueAt).max()
            orderedCursors.note(handler: wanted.handler, newest: newest, from: wanted.start, took: took)
        }
        return try await complete(rows, for: worker)
    }

    /// Claims the suspect that has waited longest.
    package func claimSuspect(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> ClaimedRetry? {
        guard !handlers.isEmpty else { return nil }
        let claim = SuspectClaim(worker: worker, handlers: handlers)
        while true {
            let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(claim) }
            guard !rows.isEmpty else { return nil }
            if let suspect = try await complete(rows, for: worker).first {
                return suspect
            }
        }
    }

    /// Releases the claims that the database holds for a worker that does not know of them.
    package func releaseUnknownClaims(of worker: WorkerID, known: HeldClaims) async throws(QueueError) -> Int {
        let (batches, retries) = releases(of: worker, known: known)
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await lease.execute(batches, retries)
        }
        let released = rows.0.count + rows.1.count
        if released > 0 {
            workCameBack()
        }
        return released
    }

    /// Removes a worker and releases its claims.
    package func deregister(_ worker: WorkerID) async throws(QueueError) {
        let (batches, retries) = releases(of: worker, known: HeldClaims())
        _ = try await inQueueTerms { () async throws(PostgresError) in
            var request = PostgresRequest()
            // The row goes first, in the same commit: a claim that is still on its way then finds no worker to claim for.
            try request.add(WorkerRemove(worker: worker))
            try request.add(batches)
            try request.add(retries)
            return try await lease.perform(request)
        }
        workCameBack()
    }

    private func releases(of worker: WorkerID, known: HeldClaims) -> (BatchRelease, RetryRelease) {
        let retries = known.retries.map { RetryRelease.Known(delivery: $0.delivery, handler: $0.handler) }
        return (
            BatchRelease(worker: worker, known: Array(known.batches)),
            RetryRelease(worker: worker, known: retries)
        )
    }

    /// Reads the workers' heartbeats.
    package func pulses(overdueAfter lease: Duration) async throws(QueueError) -> [WorkerPulse] {
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await self.lease.execute(WorkerPulses(lease: lease))
        }
        return rows.map { row in
            WorkerPulse(worker: row.id, heartbeat: row.heartbeatAt, isOverdue: row.isOverdue)
        }
    }

    /// Removes silent workers and releases their claims, in one commit.
    ///
    /// Claims of a worker that has no row at all are looked for soon after a removal, and once a minute.
    package func rescue(_ silent: [WorkerPulse]) async throws(QueueError) -> RescueReport {
        guard !silent.isEmpty || fullRescue.withLock({ $0.isDue(at: .now) }) else {
            return RescueReport(workers: [], batches: 0, retries: 0)
        }
        let report = try await returnClaims(of: silent)
        fullRescue.withLock { $0.ended(removedWorkers: !report.workers.isEmpty, at: .now) }
        if report.batches + report.retries + report.deadSuspects.count > 0 {
            workCameBack()
        }
        return report
    }

    private func returnClaims(of silent: [WorkerPulse]) async throws(QueueError) -> RescueReport {
        let (report, keys) = try await inQueueTerms { () async throws(PostgresError) in
            var request = PostgresRequest()
            let pulses = silent.map { WorkerExpire.Silent(worker: $0.worker, heartbeatAt: $0.heartbeat) }
            try request.add(WorkerExpire(silent: pulses))
            try request.add(BatchRescue())
            try request.add(RetryRescue())
            let reply = try await lease.perform(request)
            let retries = try reply.rows(of: RetryRescue.self, at: 2).map { (key: RetryKey($0), row: $0) }
            let report = RescueReport(
                workers: try reply.rows(of: WorkerExpire.self).map(\.id),
                batches: try reply.rows(of: BatchRescue.self, at: 1).count,
                retries: retries.count { !$0.row.isDead },
                struck: retries.filter { $0.row.wasRunning && !$0.row.isDead }.map(\.key),
                deadSuspects: retries.filter(\.row.isDead).map(\.key)
            )
            let keys = retries.filter(\.row.isDead)
                .compactMap { retry in retry.row.orderKey.map { OrderLock.Key(handler: retry.key.handler, key: $0) } }
            return (report, keys)
        }
        if !keys.isEmpty {
            await letGoOn(keys)
        }
        return report
    }

    /// Lets keys go on whose job in front ended without a settlement.
    ///
    /// It locks the keys first, which the rescue could not: it learns of them by what it changes. Should it fail, or the process
    /// die before, maintenance mends the keys.
    private func letGoOn(_ keys: [OrderLock.Key]) async {
        do {
            let arrange = OrderArrange(keys: keys.map { OrderArrange.Key(handler: $0.handler, key: $0.key) })
            _ = try await lease.execute(OrderLock(keys: keys), arrange)
        } catch {
            logger.warning("keys wait until maintenance mends them", metadata: ["error": "\(error)"])
        }
    }

    /// Signals notifications, and each time that listening begins.
    package func wakeUps() -> AsyncStream<Void> {
        signals.work.stream()
    }

    /// Signals notifications of changed handlers, and each time that listening begins.
    package func directoryChanges() -> AsyncStream<Void> {
        signals.directory.stream()
    }

    private func workCameBack() {
        cursors.reset()
        dueCursors.reset()
        orderedCursors.reset()
        batchFloor.reset()
        wakeOthers()
    }
}

extension RetryKey {
    fileprivate init(_ row: RetryRescue.Row) {
        self.init(delivery: row.deliveryID, handler: row.handler)
    }
}

extension HandlerDirectory.Entry {
    /// A row of the directory, or `nil` for the row of one without handlers.
    fileprivate init?(_ row: DirectoryRead.Row) {
        guard let name = row.name, let patterns = row.patterns, let recordedAt = row.recordedAt else { return nil }
        self.init(
            name: name,
            patterns: patterns.compactMap(EventPattern.init(description:)),
            recordedAt: recordedAt,
            afterBatch: row.afterBatch,
            isPaused: row.isPaused ?? false,
            originalName: row.originalName,
            formerNames: row.formerNames,
            isOrdered: row.orderRule.map { $0 != "ended" } ?? false,
            mayHaveKeys: row.orderRule != nil
        )
    }
}

/// The times for looking through all claims for those of workers that have no row to expire.
///
/// Claims don't lock their worker's row, so that one may be committed while that row is removed. Such a commit ends within
/// moments: a look soon after each removal finds what it left, and one a minute whatever else there is.
struct FullRescueClock {
    private static let soon = Duration.seconds(5)
    private static let always = Duration.seconds(60)

    private var next: ContinuousClock.Instant?

    /// Tells whether it is time; the first look of a process always is due.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        next.map { $0 <= now } ?? true
    }

    /// Takes note that all claims have been looked through.
    mutating func ended(removedWorkers: Bool, at now: ContinuousClock.Instant) {
        next = now + (removedWorkers ? Self.soon : Self.always)
    }
}

extension RetryClaim {
    /// The same request with another limit.
    fileprivate func with(limit: Int) -> RetryClaim {
        RetryClaim(handler: handler, limit: limit, isTransactional: isTransactional, mayHaveKeys: mayHaveKeys)
    }
}
