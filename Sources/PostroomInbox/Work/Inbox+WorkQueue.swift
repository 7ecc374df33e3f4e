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

    /// Claims due retries, shard by shard until each handler's limit is reached.
    public func claimRetries(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry] {
        let wanted = claims.filter { $0.limit > 0 }
        guard !wanted.isEmpty else { return [] }
        var room = Dictionary(wanted.map { ($0.handler, $0.limit) }) { first, _ in first }
        var claimed: [ClaimedRetry] = []
        for shard in try shardsInRetryTurn() {
            let open = room.filter { $0.value > 0 }.sorted { $0.key < $1.key }
            let starts = open.map { dueCursors.start(shard: shard, handler: $0.key) }
            let claim = DueClaim(
                shard: shard,
                worker: worker.rawValue,
                handlers: open.map(\.key.rawValue),
                limits: open.map { Int32(clamping: $0.value) },
                starts: starts
            )
            let began = ContinuousClock.now
            let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(claim) }
            let took = ContinuousClock.now - began
            for (handler, start) in zip(open.map(\.key), starts) {
                let newest = rows.lazy.filter { $0.handler == handler.rawValue }.map(\.dueAt).max()
                dueCursors.note(shard: shard, handler: handler, newest: newest, from: start, took: took)
            }
            for row in rows {
                room[HandlerName(rawValue: row.handler), default: 0] -= 1
            }
            claimed += try await complete(rows, for: worker, shard: shard)
        }
        return claimed
    }

    /// Claims one suspect, from the first shard that has any.
    public func claimSuspect(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> ClaimedRetry? {
        guard !handlers.isEmpty else { return nil }
        for shard in try shardsInRetryTurn() {
            let claim = SuspectClaim(shard: shard, worker: worker.rawValue, handlers: handlers.map(\.rawValue))
            while true {
                let rows = try await inQueueTerms { () async throws(PostgresError) in
                    try await dispatch.execute(claim)
                }
                guard !rows.isEmpty else { break }
                if let suspect = try await complete(rows, for: worker, shard: shard).first {
                    return suspect
                }
            }
        }
        return nil
    }

    /// Gives back what the database holds for a worker that does not know of it.
    public func releaseUnknownClaims(of worker: WorkerID, known: HeldClaims) async throws(QueueError) -> Int {
        var released = 0
        for shard in try everyShard {
            let (batches, retries) = releases(of: worker, known: known, shard: shard)
            let rows = try await inQueueTerms { () async throws(PostgresError) in
                try await lease.execute(batches, retries)
            }
            released += rows.0.count + rows.1.count
        }
        if released > 0 {
            workCameBack()
        }
        return released
    }

    /// Removes a worker and gives back what it holds.
    public func deregister(_ worker: WorkerID) async throws(QueueError) {
        let shards = try everyShard
        _ = try await inQueueTerms { () async throws(PostgresError) in
            var request = PostgresRequest()
            // The row goes first, in the same commit: a claim that is still on its way then finds no worker to claim for.
            try request.add(WorkerRemove(worker: worker.rawValue))
            for shard in shards {
                let (batches, retries) = releases(of: worker, known: HeldClaims(), shard: shard)
                try request.add(batches)
                try request.add(retries)
            }
            return try await lease.perform(request)
        }
        workCameBack()
    }

    private func releases(of worker: WorkerID, known: HeldClaims, shard: Int16) -> (BatchRelease, RetryRelease) {
        let batches = known.batches.filter { $0.shard == shard }
        let retries = known.retries.filter { $0.shard == shard }
        return (
            BatchRelease(shard: shard, worker: worker.rawValue, known: batches.map(\.id.rawValue)),
            RetryRelease(
                shard: shard,
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
        let report = try await returnClaims(of: silent, shards: try everyShard)
        fullRescue.withLock { $0.ended(removedWorkers: !report.workers.isEmpty, at: .now) }
        if report.batches + report.retries + report.deadSuspects.count > 0 {
            workCameBack()
        }
        return report
    }

    private func returnClaims(
        of silent: [WorkerPulse],
        shards: Range<Int16>
    ) async throws(QueueError) -> RescueReport {
        try await inQueueTerms { () async throws(PostgresError) in
            var request = PostgresRequest()
            try request.add(
                WorkerExpire(workers: silent.map(\.worker.rawValue), heartbeats: silent.map(\.heartbeat.rawValue))
            )
            for shard in shards {
                try request.add(BatchRescue(shard: shard))
                try request.add(RetryRescue(shard: shard))
            }
            let reply = try await lease.perform(request)
            var batches = 0
            var retries: [(key: RetryKey, row: RetryRescue.Row)] = []
            for (place, shard) in shards.enumerated() {
                batches += try reply.rows(of: BatchRescue.self, at: 1 + place * 2).count
                retries += try reply.rows(of: RetryRescue.self, at: 2 + place * 2)
                    .map { (RetryKey($0, shard: shard), $0) }
            }
            return RescueReport(
                workers: try reply.rows(of: WorkerExpire.self).map { WorkerID(rawValue: $0.id) },
                batches: batches,
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
    fileprivate init(_ row: RetryRescue.Row, shard: Int16) {
        self.init(
            shard: shard,
            delivery: DeliveryID(rawValue: row.deliveryID),
            handler: HandlerName(rawValue: row.handler)
        )
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
