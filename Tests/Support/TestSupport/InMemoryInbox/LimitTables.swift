import PostroomCore

/// The tables of limits over all processes.
struct LimitTables {
    private var handlers: [WorkerID: [HandlerName]] = [:]
    /// The handlers whose newest program limits their attempts by key.
    private(set) var keyLimited: Set<HandlerName> = []
    private var shares: [HandlerName: [WorkerID: Int]] = [:]
    private var nextCells: [HandlerName: Timestamp] = [:]
    var slots: [RetryKey: (key: LimitedKey, worker: WorkerID, takenAt: Timestamp)] = [:]
    private var keyCells: [LimitedKey: Timestamp] = [:]
    private(set) var busyUntil: [HandlerName: Timestamp] = [:]

    mutating func registered(_ worker: WorkerID, _ registration: WorkerRegistration) {
        handlers[worker] = registration.handlers.map(\.name)
        for (handler, _) in registration.handlers {
            let isLimited = registration.limits[handler]?.perKey?.concurrency != nil
            if isLimited {
                keyLimited.insert(handler)
            } else {
                keyLimited.remove(handler)
            }
        }
    }

    mutating func removed(_ worker: WorkerID) {
        handlers[worker] = nil
        for handler in shares.keys {
            shares[handler]?[worker] = nil
        }
    }

    /// Moves what is known of handlers to the names that they have now.
    mutating func renamed(_ currentName: (HandlerName) -> HandlerName) {
        func moved<Value>(_ values: [LimitedKey: Value]) -> [LimitedKey: Value] {
            Dictionary(values.map { ($0.key.renamed(currentName), $0.value) }) { first, _ in first }
        }
        keyCells = moved(keyCells)
        slots = slots.mapValues { ($0.key.renamed(currentName), $0.worker, $0.takenAt) }
        handlers = handlers.mapValues { $0.map(currentName) }
        keyLimited = Set(keyLimited.map(currentName))
        busyUntil = Dictionary(busyUntil.map { (currentName($0.key), $0.value) }, uniquingKeysWith: max)
        shares = Dictionary(shares.map { (currentName($0.key), $0.value) }) { first, _ in first }
        nextCells = Dictionary(nextCells.map { (currentName($0.key), $0.value) }, uniquingKeysWith: max)
    }

    mutating func letTimePass(_ duration: Duration) {
        nextCells = nextCells.mapValues { $0 + (.zero - duration) }
        busyUntil = busyUntil.mapValues { $0 + (.zero - duration) }
        keyCells = keyCells.mapValues { $0 + (.zero - duration) }
        slots = slots.mapValues { ($0.key, $0.worker, $0.takenAt + (.zero - duration)) }
    }

    mutating func share(_ need: ShareNeed, of worker: WorkerID) -> HandlerShare {
        let workers = handlers.filter { $0.value.contains(need.handler) }.keys
        let share = need.share(
            others: (shares[need.handler] ?? [:]).filter { $0.key != worker }.values.reduce(0, +),
            workers: workers.count,
            rank: workers.count { $0.rawValue < worker.rawValue }
        )
        shares[need.handler, default: [:]][worker] = share.slots
        return share
    }

    mutating func lot(_ request: CellRequest, due: Int, at now: Timestamp) -> CellLot {
        let rate = CellRate(request.rate)
        let supply = rate.supply(nextCells[request.handler], at: now)
        let count = min(supply.free, request.most, due)
        let next = rate.state(taking: count, of: supply)
        nextCells[request.handler] = next
        return CellLot(handler: request.handler, count: count, wait: rate.wait(next, at: now))
    }

    /// Takes the next cell of a key, and returns its time.
    mutating func cell(_ key: LimitedKey, _ rate: CellRate, at now: Timestamp) -> Timestamp {
        let next = max(keyCells[key] ?? now, now) + rate.interval
        keyCells[key] = next
        return next + (.zero - rate.interval * rate.burst)
    }

    mutating func holdBack(_ handler: HandlerName, until end: Timestamp) {
        busyUntil[handler] = max(end, busyUntil[handler] ?? end)
    }
}

/// A key by which a handler is limited.
struct LimitedKey: Hashable {
    let handler: HandlerName
    let key: String

    func renamed(_ currentName: (HandlerName) -> HandlerName) -> LimitedKey {
        LimitedKey(handler: currentName(handler), key: key)
    }
}

extension InboxState {
    mutating func admit(_ jobs: [KeyedJob], for worker: WorkerID, at now: Timestamp) -> [RetryKey: KeyDecision] {
        var decisions: [RetryKey: KeyDecision] = [:]
        for keyed in jobs.sorted(by: { $0.job.delivery < $1.job.delivery }) {
            guard var row = retries[keyed.job], row.worker == worker else { continue }
            decisions[keyed.job] = decide(keyed, &row, for: worker, at: now)
            retries[keyed.job] = row
        }
        return decisions
    }

    private mutating func decide(
        _ keyed: KeyedJob,
        _ row: inout RetryRow,
        for worker: WorkerID,
        at now: Timestamp
    ) -> KeyDecision {
        let key = LimitedKey(handler: directory.currentName(keyed.job.handler), key: keyed.key)
        let others = limits.slots.count { $0.value.key == key && $0.key != keyed.job }
        if let width = keyed.limits.concurrency, others >= width {
            row.putBack(dueAt: Timestamp(rawValue: .max))
            row.parkedKey = key
            return .parked
        }
        var time = Duration.seconds(3600)
        if let rate = keyed.limits.rate.map({ CellRate($0, isReserved: true) }) {
            var cell = row.cellAt.flatMap { (now + (.zero - rate.life)...now).contains($0) ? $0 : nil }
            if cell == nil {
                let next = limits.cell(key, rate, at: now)
                guard next <= now else {
                    row.putBack(dueAt: next)
                    row.cellAt = next
                    return .owed(dueIn: .microseconds(next.rawValue - now.rawValue))
                }
                cell = now
            }
            time = .microseconds(((cell ?? now) + rate.life).rawValue - now.rawValue)
            row.cellAt = nil
        }
        if let width = keyed.limits.concurrency {
            limits.slots[keyed.job] = (key, worker, now)
            if others + 1 < width {
                _ = unparkNext(key, at: now)
            }
        }
        return .begin(within: time)
    }

    private mutating func unparkNext(_ key: LimitedKey, at now: Timestamp) -> Int {
        let next = retries.values.filter { $0.parkedKey == key }.min { $0.key.delivery < $1.key.delivery }
        guard let next else { return 0 }
        retries[next.key]?.parkedKey = nil
        retries[next.key]?.dueAt = now
        return 1
    }

    mutating func freeKeys(of jobs: [KeyedJob], for worker: WorkerID, at now: Timestamp) -> Int {
        jobs.reduce(0) { count, keyed in
            guard let slot = limits.slots[keyed.job], slot.worker == worker else { return count }
            limits.slots[keyed.job] = nil
            return count + unparkNext(slot.key, at: now)
        }
    }

    mutating func sweepKeys(of worker: WorkerID, known: [RetryKey], at now: Timestamp) -> Int {
        var count = 0
        for (job, slot) in limits.slots {
            let isForgotten =
                slot.worker == worker && slot.takenAt + .seconds(10) < now && !known.contains(job)
            if !isKnown(slot.worker) || isForgotten {
                limits.slots[job] = nil
                count += unparkNext(slot.key, at: now)
            }
        }
        for key in Set(retries.values.compactMap(\.parkedKey)) {
            if !limits.keyLimited.contains(key.handler) {
                while unparkNext(key, at: now) > 0 {
                    count += 1
                }
            } else if !limits.slots.values.contains(where: { $0.key == key }) {
                count += unparkNext(key, at: now)
            }
        }
        return count
    }

    /// Tells whether a handler's jobs can be claimed: it is neither paused nor held back.
    func mayClaim(_ handler: HandlerName, at now: Timestamp) -> Bool {
        !directory.isPaused(handler) && limits.busyUntil[handler].map { $0 <= now } ?? true
    }

    mutating func adjustShares(_ needs: [ShareNeed], of worker: WorkerID, at now: Timestamp) -> LimitState {
        let shares = isKnown(worker) ? needs.map { limits.share($0, of: worker) } : []
        var heldBack: [HandlerName: Duration] = [:]
        for (handler, end) in limits.busyUntil where end > now {
            let names = directory.snapshot.entries.first { $0.name == handler }?.formerNames ?? []
            for name in names + [handler] {
                heldBack[name] = .microseconds(end.rawValue - now.rawValue)
            }
        }
        return LimitState(shares: shares, heldBack: heldBack)
    }

    mutating func takeCells(_ requests: [CellRequest], at now: Timestamp) -> [CellLot] {
        requests.compactMap { request in
            let due = retries.values.count { row in
                row.key.handler == request.handler && row.worker == nil && row.dueAt <= now
            }
            guard due > 0, mayClaim(request.handler, at: now) else { return nil }
            return limits.lot(request, due: due, at: now)
        }
    }

    mutating func holdBack(_ handler: HandlerName, for duration: Duration, at now: Timestamp) {
        limits.holdBack(directory.currentName(handler), until: now + RetryPolicy.bounded(duration))
    }
}

extension RetryRow {
    fileprivate mutating func putBack(dueAt: Timestamp) {
        worker = nil
        isMarked = false
        self.dueAt = dueAt
    }
}
