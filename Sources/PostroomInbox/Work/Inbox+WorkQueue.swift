import PostgresClient
public import PostroomCore
import Synchronization

extension Inbox: WorkQueue {
    /// Makes a worker known, and its handlers with it.
    public func register(_ registration: WorkerRegistration) async throws(QueueError) -> WorkerID {
        let subscriptions = registration.handlers.flatMap { handler in
            handler.patterns.map { (name: handler.name.rawValue, pattern: $0.description) }
        }
        let record = HandlerRecord(handlers: subscriptions.map(\.name), patterns: subscriptions.map(\.pattern))
        let register = WorkerRegister(
            label: registration.label,
            handlers: registration.handlers.map(\.name.rawValue)
        )
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            _ = try await lease.execute(record)
            return try await lease.execute(register)
        }
        guard let row = rows.first else {
            throw QueueError(kind: .rejected, description: "the worker's row was not returned")
        }
        return WorkerID(rawValue: row.id)
    }

    /// Says that the worker lives, by the database's clock.
    public func heartbeat(_ worker: WorkerID) async throws(QueueError) -> Int64? {
        let beat = WorkerHeartbeat(worker: worker.rawValue)
        return try await inQueueTerms { () async throws(PostgresError) in
            try await lease.execute(beat).first?.directoryVersion
        }
    }

    /// Reads the handlers of every program that shares the inbox.
    public func directory() async throws(QueueError) -> HandlerDirectory {
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await lease.execute(DirectoryRead())
        }
        return HandlerDirectory(
            version: rows.first?.version ?? 0,
            entries: rows.compactMap(HandlerDirectory.Entry.init)
        )
    }

    /// Claims due retries.
    public func claimRetries(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry] {
        let wanted = claims.filter { $0.limit > 0 }
        guard !wanted.isEmpty else { return [] }
        let limits = Dictionary(wanted.map { ($0.handler, $0.limit) }) { first, _ in first }.sorted { $0.key < $1.key }
        let starts = limits.map { dueCursors.start(handler: $0.key) }
        let claim = DueClaim(
            worker: worker.rawValue,
            handlers: limits.map(\.key.rawValue),
            limits: limits.map { Int32(clamping: $0.value) },
            starts: starts
        )
        let began = ContinuousClock.now
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(claim) }
        let took = ContinuousClock.now - began
        for (handler, start) in zip(limits.map(\.key), starts) {
            let newest = rows.lazy.filter { $0.handler == handler.rawValue }.map(\.dueAt).max()
            dueCursors.note(handler: handler, newest: newest, from: start, took: took)
        }
        return try await complete(rows, for: worker)
    }

    /// Claims the suspect that has waited longest.
    public func claimSuspect(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> ClaimedRetry? {
        guard !handlers.isEmpty else { return nil }
        let claim = SuspectClaim(worker: worker.rawValue, handlers: handlers.map(\.rawValue))
        while true {
            let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(claim) }
            guard !rows.isEmpty else { return nil }
            if let suspect = try await complete(rows, for: worker).first {
                return suspect
            }
        }
    }

    /// Gives back what the database holds for a worker that does not know of it.
    public func releaseUnknownClaims(of worker: WorkerID, known: HeldClaims) async throws(QueueError) -> Int {
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

    /// Removes a worker and gives back what it holds.
    public func deregister(_ worker: WorkerID) async throws(QueueError) {
        let (batches, retries) = releases(of: worker, known: HeldClaims())
        _ = try await inQueueTerms { () async throws(PostgresError) in
            var request = PostgresRequest()
            // The row goes first, in the same commit: a claim that is still on its way then finds no worker to claim for.
            try request.add(WorkerRemove(worker: worker.rawValue))
            try request.add(batches)
            try request.add(retries)
            return try await lease.perform(request)
        }
        workCameBack()
    }

    private func releases(of worker: WorkerID, known: HeldClaims) -> (BatchRelease, RetryRelease) {
        let retries = Array(known.retries)
        return (
            BatchRelease(worker: worker.rawValue, known: known.batches.map(\.rawValue)),
            RetryRelease(
                worker: worker.rawValue,
                knownDeliveries: retries.map(\.delivery.rawValue),
                knownHandlers: retries.map(\.handler.rawValue)
            )
        )
    }

    /// Reads the workers' heartbeats.
    public func pulses(overdueAfter lease: Duration) async throws(QueueError) -> [WorkerPulse] {
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await self.lease.execute(WorkerPulses(lease: lease.microseconds))
        }
        return rows.map { row in
            WorkerPulse(
                worker: WorkerID(rawValue: row.id),
                heartbeat: Timestamp(rawValue: row.heartbeatAt),
                isOverdue: row.isOverdue
            )
        }
    }

    /// Removes silent workers, and makes claimable what they held, in one commit.
    ///
    /// What is held by a worker that has no row at all is looked for soon after a removal, and once a minute.
    public func rescue(_ silent: [WorkerPulse]) async throws(QueueError) -> RescueReport {
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
        try await inQueueTerms { () async throws(PostgresError) in
            var request = PostgresRequest()
            try request.add(
                WorkerExpire(workers: silent.map(\.worker.rawValue), heartbeats: silent.map(\.heartbeat.rawValue))
            )
            try request.add(BatchRescue())
            try request.add(RetryRescue())
            let reply = try await lease.perform(request)
            let retries = try reply.rows(of: RetryRescue.self, at: 2).map { (key: RetryKey($0), row: $0) }
            return RescueReport(
                workers: try reply.rows(of: WorkerExpire.self).map { WorkerID(rawValue: $0.id) },
                batches: try reply.rows(of: BatchRescue.self, at: 1).count,
                retries: retries.count { !$0.row.isDead },
                struck: retries.filter { $0.row.wasRunning && !$0.row.isDead }.map(\.key),
                deadSuspects: retries.filter(\.row.isDead).map(\.key)
            )
        }
    }

    /// Signals notifications, and each time that listening begins.
    public func wakeUps() -> AsyncStream<Void> {
        signals.work.subscribe()
    }

    /// Signals notifications of changed handlers, and each time that listening begins.
    public func directoryChanges() -> AsyncStream<Void> {
        signals.directory.subscribe()
    }

    private func workCameBack() {
        cursors.reset()
        dueCursors.reset()
        wakeOthers()
    }
}

extension RetryKey {
    fileprivate init(_ row: RetryRescue.Row) {
        self.init(delivery: DeliveryID(rawValue: row.deliveryID), handler: HandlerName(rawValue: row.handler))
    }
}

extension HandlerDirectory.Entry {
    /// A row of the directory, or `nil` for the row of one without handlers.
    fileprivate init?(_ row: DirectoryRead.Row) {
        guard let name = row.name, let patterns = row.patterns, let recordedAt = row.recordedAt else { return nil }
        self.init(
            name: HandlerName(rawValue: name),
            patterns: patterns.compactMap(EventPattern.init(description:)),
            recordedAt: Timestamp(rawValue: recordedAt),
            afterBatch: row.afterBatch.map(BatchID.init(rawValue:)),
            isPaused: row.isPaused ?? false
        )
    }
}
