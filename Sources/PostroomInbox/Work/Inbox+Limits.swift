import PostgresClient
package import PostroomCore

extension Inbox {
    /// Adjusts a worker's shares, and reads which handlers are held back.
    package func adjustShares(_ needs: [ShareNeed], of worker: WorkerID) async throws(QueueError) -> LimitState {
        let adjust = ShareAdjust(
            worker: worker,
            needs: needs.map { need in
                ShareAdjust.Need(
                    handler: need.handler,
                    mostAtOnce: Int32(clamping: need.limit),
                    kept: Int32(clamping: need.kept),
                    useful: Int32(clamping: need.most)
                )
            }
        )
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await lease.execute(adjust) }
        var shares: [HandlerShare] = []
        var heldBack: [HandlerName: Duration] = [:]
        for row in rows {
            if let slots = row.slots, let target = row.target {
                shares.append(HandlerShare(handler: row.handler, slots: Int(slots), target: Int(target)))
            } else if let duration = row.heldFor {
                heldBack[row.handler] = duration
            }
        }
        return LimitState(shares: shares, heldBack: heldBack)
    }

    /// Takes cells of handlers' rates.
    package func takeCells(_ requests: [CellRequest]) async throws(QueueError) -> [CellLot] {
        guard !requests.isEmpty else { return [] }
        let take = CellTake(
            requests: requests.map { request in
                let rate = CellRate(request.rate)
                return CellTake.Request(
                    handler: request.handler,
                    most: Int32(clamping: request.most),
                    every: rate.interval,
                    burst: Int32(clamping: rate.burst)
                )
            }
        )
        return try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(take) }
            .map { CellLot(handler: $0.handler, count: Int($0.cells), wait: $0.wait) }
    }

    /// Holds a handler back, and tells every process.
    package func holdBack(_ handler: HandlerName, for duration: Duration) async throws(QueueError) {
        let hold = HandlerHold(handler: handler, duration: RetryPolicy.bounded(duration))
        _ = try await inQueueTerms { () async throws(PostgresError) in try await lease.execute(hold) }
    }

    /// Decides which jobs may begin by the limits of their keys.
    package func admit(_ jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> [RetryKey: KeyDecision] {
        guard !jobs.isEmpty else { return [:] }
        let admit = KeyAdmit(
            worker: worker,
            jobs: jobs.map { keyed in
                let rate = keyed.limits.rate.map { CellRate($0, isReserved: true) }
                return KeyAdmit.Job(
                    delivery: keyed.job.delivery,
                    handler: keyed.job.handler,
                    keyHash: KeyHash(limitKey: keyed.key).rawValue,
                    width: keyed.limits.concurrency.map { Int32(clamping: $0) },
                    every: rate?.interval,
                    burst: rate.map { Int32(clamping: $0.burst) },
                    life: rate?.life
                )
            }
        )
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(admit) }
        let decisions = rows.map { row in
            let decision: KeyDecision =
                if let time = row.beginWithin {
                    .begin(within: time)
                } else if let delay = row.dueIn {
                    .owed(dueIn: delay)
                } else {
                    .parked
                }
            return (RetryKey(delivery: row.deliveryID, handler: row.handler), decision)
        }
        return Dictionary(decisions) { first, _ in first }
    }

    /// Frees the slots of attempts that have returned.
    package func freeKeys(of jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> Int {
        guard !jobs.isEmpty else { return 0 }
        let free = KeyFree(
            worker: worker,
            slots: jobs.map { keyed in
                KeyFree.Slot(
                    delivery: keyed.job.delivery,
                    handler: keyed.job.handler,
                    keyHash: KeyHash(limitKey: keyed.key).rawValue
                )
            }
        )
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await dispatch.execute(free) }
        return went(on: rows.first?.freed ?? 0)
    }

    /// Mends what deaths and lost replies leave of limits by key.
    package func sweepKeys(of worker: WorkerID, known: [RetryKey]) async throws(QueueError) -> Int {
        let known = known.map { KeySweep.Known(delivery: $0.delivery, handler: $0.handler) }
        let sweep = KeySweep(worker: worker, known: known)
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await lease.execute(sweep) }
        return went(on: rows.first?.freed ?? 0)
    }

    /// Wakes other processes where jobs go on.
    func went(on count: Int) -> Int {
        if count > 0 {
            wakeOthers()
        }
        return count
    }

    /// The statement that records the limits of a worker's handlers, for people to see.
    func limitRecord(of registration: WorkerRegistration) -> LimitRecord {
        LimitRecord(
            limits: registration.handlers.map { handler in
                let limits = registration.limits[handler.name] ?? HandlerLimits()
                return LimitRecord.Limit(
                    handler: handler.name,
                    concurrency: limits.concurrency.map { Int32(clamping: $0) },
                    globalConcurrency: limits.globalConcurrency.map { Int32(clamping: $0) },
                    rate: limits.rate.map { Int32(clamping: $0.attempts) },
                    ratePeriod: limits.rate?.period,
                    keyConcurrency: limits.perKey?.concurrency.map { Int32(clamping: $0) },
                    keyRate: limits.perKey?.rate.map { Int32(clamping: $0.attempts) },
                    keyRatePeriod: limits.perKey?.rate?.period
                )
            }
        )
    }
}
