import PostroomCore

/// The tables, and what one commit does to them.
struct InboxState {
    struct Key: Hashable {
        let endpoint: EndpointName
        /// The bytes of the key: two texts that only look the same are two keys.
        let key: [UInt8]
    }

    private(set) var keys: [Key: DeliveryID] = [:]
    var scheduled: [Key: ScheduledRow] = [:]
    var steps: [RetryKey: [String: StepRow]] = [:]
    private var lastBatch: Int64 = 0
    private var lastWorker: Int64 = 0
    private var workers: [WorkerID: Timestamp] = [:]
    var limits = LimitTables()
    var directory = DirectoryTable()
    var batches: [BatchID: BatchRow] = [:]
    /// Batches that nobody holds, oldest first, with some that are gone or taken since.
    private var claimable: [BatchID] = []
    private var claimableFrom = 0
    var retries: [RetryKey: RetryRow] = [:]
    var deadLetters: [RetryKey: DeadLetterRow] = [:]
    var notices: [NoticeKey: NoticeRow] = [:]
    /// The pairs that ended inside a transaction and are not settled.
    var finished: Set<RetryKey> = []
    /// The pairs that a newer one made needless.
    var superseded: [RetryKey] = []
    /// The newest pair of each key that was handled.
    var newestHandled: [OrderedKey: RetryRow] = [:]
    var handled: [(batch: BatchID, jobs: [BatchSettlement.Job])] = []
    var failures: [(key: RetryKey, failure: AttemptFailure)] = []

    // MARK: - Intake

    mutating func store(
        _ incoming: [IncomingDelivery],
        claimedBy worker: WorkerID?,
        at now: Timestamp
    ) -> IntakeResult {
        let holder = worker.flatMap { workers[$0] == nil ? nil : $0 }
        var receipts: [IntakeReceipt] = []
        var stored: [Delivery] = []
        for request in incoming {
            let key = Key(endpoint: request.endpoint, key: Array(request.identity.idempotencyKey.utf8))
            if let first = keys[key] {
                receipts.append(IntakeReceipt(id: first, isDuplicate: true))
                continue
            }
            let id = DeliveryID(batch: BatchID(rawValue: lastBatch + 1), ordinal: UInt8(stored.count))
            stored.append(Delivery(request, id: id, receivedAt: now))
            keys[key] = id
            receipts.append(IntakeReceipt(id: id, isDuplicate: false))
        }
        guard !stored.isEmpty else { return IntakeResult(receipts: receipts, batches: []) }
        lastBatch += 1
        let batch = ClaimedBatch(id: BatchID(rawValue: lastBatch), receivedAt: now, deliveries: stored)
        batches[batch.id] = BatchRow(batch: batch, worker: holder)
        if holder == nil {
            claimable.append(batch.id)
        }
        return IntakeResult(receipts: receipts, batches: [batch])
    }

    // MARK: - Workers

    mutating func register(_ registration: WorkerRegistration, at now: Timestamp) -> WorkerID {
        for (former, name) in registration.renamings {
            _ = directory.rename(former, to: name)
        }
        for (handler, patterns) in registration.handlers {
            let rule = registration.orders[handler]?.rule
            directory.record(handler, patterns, rule, at: now, after: BatchID(rawValue: lastBatch))
        }
        lastWorker += 1
        let worker = WorkerID(rawValue: lastWorker)
        workers[worker] = now
        limits.registered(worker, registration)
        return worker
    }

    /// Moves what nobody holds under a former name to the name that its handler has now.
    mutating func moveRenamed(at now: Timestamp) {
        guard directory.hasFormerNames else { return }
        for (key, row) in deadLetters {
            let newer = RetryKey(delivery: key.delivery, handler: directory.currentName(key.handler))
            guard newer != key else { continue }
            deadLetters[key] = nil
            deadLetters[newer] = deadLetters[newer] ?? row.with(newer)
            moveSteps(of: key, to: newer)
        }
        moveRenamedOrder()
        limits.renamed { directory.currentName($0) }
        var moved: [RetryRow] = []
        for (key, row) in retries where row.worker == nil && !isBehindHeld(row) {
            let newer = RetryKey(delivery: key.delivery, handler: directory.currentName(key.handler))
            guard newer != key else { continue }
            moved.append(row)
        }
        for row in moved {
            let newer = RetryKey(delivery: row.key.delivery, handler: directory.currentName(row.key.handler))
            retries[row.key] = nil
            moveSteps(of: row.key, to: newer)
            guard retries[newer] == nil else { continue }
            retries[newer] = row.with(newer)
            retries[newer]?.isBehind = row.order.place != nil
            retries[newer]?.parkedKey = row.parkedKey?.renamed(directory.currentName)
        }
        for row in moved {
            arrange(row.order, of: directory.currentName(row.key.handler), at: now)
        }
    }

    mutating func heartbeat(_ worker: WorkerID, at now: Timestamp) -> Int64? {
        guard workers[worker] != nil else { return nil }
        workers[worker] = now
        return directory.snapshot.version
    }

    mutating func deregister(_ worker: WorkerID) {
        workers[worker] = nil
        limits.removed(worker)
        _ = release(batches: { $0.worker == worker }, retries: { $0.worker == worker })
    }

    func pulses(overdueAfter lease: Duration, at now: Timestamp) -> [WorkerPulse] {
        workers.map { WorkerPulse(worker: $0.key, heartbeat: $0.value, isOverdue: $0.value + lease <= now) }
    }

    /// Removes the workers that are overdue by the clock.
    mutating func rescue(silentFor lease: Duration, at now: Timestamp) -> RescueReport {
        rescue(pulses(overdueAfter: lease, at: now).filter(\.isOverdue), at: now)
    }

    /// Removes silent workers, and gives back what they hold, with what is held by workers that are gone.
    mutating func rescue(_ pulses: [WorkerPulse], at now: Timestamp) -> RescueReport {
        let silent = pulses.filter { workers[$0.worker] == $0.heartbeat }.map(\.worker)
        for worker in silent {
            workers[worker] = nil
            limits.removed(worker)
        }
        let known = Set(workers.keys)
        func isOrphan(_ worker: WorkerID?) -> Bool {
            worker.map { !known.contains($0) } ?? false
        }
        let crashes = noteDeaths(of: isOrphan, at: now)
        let count = release(batches: { isOrphan($0.worker) }, retries: { isOrphan($0.worker) })
        return RescueReport(
            workers: silent.sorted { $0.rawValue < $1.rawValue },
            batches: count.batches,
            retries: count.retries,
            struck: crashes.struck,
            deadSuspects: crashes.deadSuspects
        )
    }

    mutating func letTimePass(_ duration: Duration) {
        for (worker, heartbeat) in workers {
            workers[worker] = heartbeat + (.zero - duration)
        }
        for (key, row) in retries {
            if row.parkedKey == nil {
                retries[key]?.dueAt = row.dueAt + (.zero - duration)
            }
            retries[key]?.cellAt = row.cellAt.map { $0 + (.zero - duration) }
        }
        limits.letTimePass(duration)
        letTimePassForEvents(duration)
    }

    mutating func release(
        batches isBatch: (BatchRow) -> Bool,
        retries isRetry: (RetryRow) -> Bool
    ) -> (batches: Int, retries: Int) {
        let ownBatches = batches.filter { isBatch($0.value) }.keys.sorted()
        for key in ownBatches {
            batches[key]?.worker = nil
        }
        claimable = ownBatches + claimable[claimableFrom...]
        claimableFrom = 0
        let ownRetries = retries.filter { isRetry($0.value) }.map(\.key)
        for key in ownRetries {
            retries[key]?.worker = nil
            retries[key]?.isMarked = false
        }
        return (ownBatches.count, ownRetries.count)
    }

    // MARK: - Claims

    mutating func claim(_ request: ClaimRequest, for worker: WorkerID) -> [ClaimedBatch] {
        guard workers[worker] != nil else { return [] }
        var claimed: [ClaimedBatch] = []
        var room = WorkSize(count: request.deliveries, bytes: request.bytes)
        while room.count > 0, room.bytes > 0, claimed.count < request.batches, claimableFrom < claimable.count {
            let key = claimable[claimableFrom]
            claimableFrom += 1
            guard let row = batches[key], row.worker == nil else { continue }
            batches[key]?.worker = worker
            room -= row.batch.size
            claimed.append(
                ClaimedBatch(
                    id: key,
                    receivedAt: row.batch.receivedAt,
                    deliveries: row.batch.deliveries,
                    deaths: row.deaths
                )
            )
        }
        if claimableFrom > 4096 {
            claimable.removeFirst(claimableFrom)
            claimableFrom = 0
        }
        return claimed
    }

    mutating func claim(_ claims: [RetryClaim], for worker: WorkerID, at now: Timestamp) -> [ClaimedRetry] {
        guard workers[worker] != nil else { return [] }
        var claimed: [ClaimedRetry] = []
        for claim in claims where claim.limit > 0 && mayClaim(claim.handler, at: now) {
            let due = retries.values.filter { row in
                row.key.handler == claim.handler && row.worker == nil && row.dueAt <= now && !row.isSuspect
                    && isItsTurn(row)
            }
            for row in due.sorted(by: { ($0.dueAt, $0.key.delivery) < ($1.dueAt, $1.key.delivery) })
                .prefix(claim.limit)
            {
                retries[row.key]?.worker = worker
                claimed.append(ClaimedRetry(row, isFinished: claim.isTransactional && finished.contains(row.key)))
            }
        }
        return claimed
    }

    func isKnown(_ worker: WorkerID) -> Bool {
        workers[worker] != nil
    }
}

extension Delivery {
    /// Makes the delivery as which a request is stored.
    fileprivate init(_ request: IncomingDelivery, id: DeliveryID, receivedAt: Timestamp) {
        self.init(
            id: id,
            endpoint: request.endpoint,
            source: request.source,
            eventType: request.identity.eventType,
            idempotencyKey: request.identity.idempotencyKey,
            receivedAt: receivedAt,
            headers: request.headers,
            body: request.body
        )
    }
}

extension InboxState {
    /// Claims the suspect that has waited longest, and marks it.
    mutating func claimSuspect(
        of handlers: [HandlerName],
        for worker: WorkerID,
        at now: Timestamp
    ) -> ClaimedRetry? {
        guard isKnown(worker) else { return nil }
        let due = retries.values.filter { row in
            handlers.contains(row.key.handler) && mayClaim(row.key.handler, at: now)
                && row.worker == nil && row.dueAt <= now && row.isSuspect && isItsTurn(row)
        }
        let oldest = due.min { ($0.dueAt, $0.key.delivery) < ($1.dueAt, $1.key.delivery) }
        guard let oldest else { return nil }
        retries[oldest.key]?.worker = worker
        retries[oldest.key]?.isMarked = true
        return ClaimedRetry(oldest, isFinished: finished.contains(oldest.key))
    }

    /// Counts the deaths of workers at what they held, and blames the suspects that were marked.
    mutating func noteDeaths(
        of isDead: (WorkerID?) -> Bool,
        at now: Timestamp
    ) -> (struck: [RetryKey], deadSuspects: [RetryKey]) {
        for (key, row) in batches where isDead(row.worker) {
            batches[key]?.deaths += 1
        }
        var struck: [RetryKey] = []
        var deadSuspects: [RetryKey] = []
        for (key, row) in retries where isDead(row.worker) {
            retries[key]?.deaths += 1
            guard row.isMarked, !finished.contains(key) else { continue }
            let error = "the process died while this attempt ran"
            failures.append((key, AttemptFailure(attempt: row.failedAttempts + 1, error: error, duration: .zero)))
            retries[key]?.failedAttempts += 1
            retries[key]?.strikes += 1
            guard row.strikes + 1 >= CrashRules.strikesUntilDead else {
                struck.append(key)
                continue
            }
            deadSuspects.append(key)
            retries[key] = nil
            noteLetter(key, error, at: now)
            deadLetters[key] = DeadLetterRow(
                key: key,
                delivery: row.delivery,
                reason: .crash,
                failedAttempts: row.failedAttempts + 1,
                error: error,
                place: row.order.place,
                isParking: parks(row)
            )
        }
        for key in deadSuspects {
            if let place = deadLetters[key]?.place {
                arrange(.place(place), of: key.handler, at: now)
            }
        }
        return (struck, deadSuspects)
    }
}

extension ClaimedRetry {
    /// Makes a worker's view of a row.
    init(_ row: RetryRow, isFinished: Bool = false) {
        self.init(
            key: row.key,
            delivery: row.delivery,
            failedAttempts: row.failedAttempts,
            attemptsBeforeReplay: row.attemptsBeforeReplay,
            isFinished: isFinished,
            order: row.order
        )
    }
}

extension InboxState {
    /// Settles what the worker still holds; what it lost changes nothing and is reported.
    mutating func settle(_ settlement: Settlement, by worker: WorkerID, at now: Timestamp) -> SettlementResult {
        let isStale = !settlement.batches.isEmpty && directory.isStale(settlement.directoryVersion)
        var lostBatches: [BatchID] = []
        for batch in isStale ? [] : settlement.batches {
            guard let row = batches[batch.id], row.worker == worker else {
                lostBatches.append(batch.id)
                continue
            }
            batches[batch.id] = nil
            for job in batch.jobs {
                complete(DeliveryID(batch: batch.id, ordinal: job.ordinal), job.handler, job.outcome, at: now)
            }
            settle(batch, row, by: worker, at: now)
        }
        var lostRetries: [RetryKey] = []
        for retry in settlement.retries {
            guard let row = retries[retry.key], row.worker == worker, row.isNext(retry.outcome) else {
                lostRetries.append(retry.key)
                continue
            }
            retries[retry.key] = nil
            if let order = retry.newOrder {
                var keyed = row
                keyed.order = order
                keyed.isBehind = order.place != nil
                keyed.worker = nil
                keyed.dueAt = now
                keyed.isMarked = false
                retries[retry.key] = keyed
                arrange(order, of: retry.key.handler, at: now)
                continue
            }
            let isFinished = retry.isTransactional && finished.remove(retry.key) != nil
            complete(retry.key.delivery, retry.key.handler, retry.outcome, at: now)
            settle(row, isFinished ? .handled(duration: .zero) : retry.outcome, by: worker, at: now)
            arrange(row.order, of: row.key.handler, at: now)
        }
        return SettlementResult(directoryIsStale: isStale, lostBatches: lostBatches, lostRetries: lostRetries)
    }

    private mutating func settle(
        _ settlement: BatchSettlement,
        _ row: BatchRow,
        by worker: WorkerID,
        at now: Timestamp
    ) {
        let batch = row.batch
        handled.append((batch.id, settlement.jobs))
        for pair in settlement.jobs {
            if case .handled = pair.outcome {
                continue
            }
            guard let delivery = batch.deliveries.first(where: { $0.id.ordinal == pair.ordinal }) else { continue }
            let key = RetryKey(delivery: delivery.id, handler: pair.handler)
            var retry = RetryRow(key: key, delivery: delivery, dueAt: now, deaths: row.deaths)
            retry.order = pair.order
            retry.isBehind = pair.order.place != nil
            settle(retry, pair.outcome, by: worker, at: now)
            arrange(pair.order, of: pair.handler, at: now)
        }
    }

    private mutating func settle(_ row: RetryRow, _ outcome: JobOutcome, by worker: WorkerID, at now: Timestamp) {
        var row = row
        switch outcome {
        case .handled:
            let pair = BatchSettlement.Job(
                ordinal: row.key.delivery.ordinal,
                handler: row.key.handler,
                outcome: outcome
            )
            handled.append((row.key.delivery.batch, [pair]))
            noteHandled(row)
        case .owed(let delay, let failure):
            if let failure {
                failures.append((row.key, failure))
                row.failedAttempts += 1
                row.deaths = 0
            }
            row.dueAt = now + delay
            row.worker = nil
            row.isMarked = false
            retries[row.key] = row
        case .running:
            row.worker = worker
            retries[row.key] = row
        case .dead(let reason, let failure):
            failures.append((row.key, failure))
            noteLetter(row.key, failure.error, at: now)
            deadLetters[row.key] = DeadLetterRow(
                key: row.key,
                delivery: row.delivery,
                reason: reason,
                failedAttempts: row.failedAttempts + 1,
                error: failure.error,
                place: row.order.place,
                isParking: parks(row)
            )
        }
    }
}

extension RetryRow {
    /// Returns whether an outcome is that of the attempt which the row owes, and not of one that is settled already.
    fileprivate func isNext(_ outcome: JobOutcome) -> Bool {
        switch outcome {
        case .owed(_, failure: let failure?), .dead(_, let failure): failure.attempt == failedAttempts + 1
        case .owed, .handled, .running: true
        }
    }
}

extension InboxState {
    /// Ends a pair inside a transaction of its handler.
    mutating func finish(_ receipt: Receipt) -> FinishResult {
        guard isKnown(receipt.worker), retries[receipt.job]?.worker == receipt.worker else { return .isLost }
        return finished.insert(receipt.job).inserted ? .isFinished : .wasFinished
    }
}
