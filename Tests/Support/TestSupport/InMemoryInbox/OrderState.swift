import PostroomCore

/// A key of a handler.
struct OrderedKey: Hashable {
    let handler: HandlerName
    let key: String

    /// The key of a pair, if it has one.
    init?(_ handler: HandlerName, _ order: JobOrder) {
        guard let place = order.place else { return nil }
        self.handler = handler
        self.key = place.key
    }
}

extension InboxState {
    /// The pairs of a key that owe an attempt.
    private func rows(of key: OrderedKey) -> [RetryRow] {
        retries.values.filter { OrderedKey($0.key.handler, $0.order) == key }
    }

    /// Tells whether a pair may begin as far as its order goes.
    func isItsTurn(_ row: RetryRow) -> Bool {
        guard row.order.place != nil else { return true }
        let handler = row.key.handler
        guard !row.isBehind, !isMoving(handler) else { return false }
        guard directory.rule(of: handler) != .newest else { return true }
        return !batches.keys.contains { $0 < row.key.delivery.batch }
            && !retries.values.contains {
                $0.key.handler == handler && $0.order == .unknown && $0.key.delivery < row.key.delivery
            }
    }

    /// Tells whether jobs of a handler lie under a former name of it.
    private func isMoving(_ handler: HandlerName) -> Bool {
        directory.hasFormerNames
            && retries.keys.contains { $0.handler != handler && directory.currentName($0.handler) == handler }
    }

    /// Ends the pairs of a key that a newer one makes needless, and brings the next one to the front.
    mutating func arrange(_ order: JobOrder, of handler: HandlerName, at now: Timestamp) {
        guard let key = OrderedKey(handler, order) else { return }
        if directory.rule(of: handler) == .newest {
            supersede(key)
        }
        let rows = rows(of: key)
        for front in rows where !front.isBehind && front.worker == nil && !front.hasRun {
            if rows.contains(where: { $0.isBehind && $0.isOlder(than: front) }) {
                retries[front.key]?.isBehind = true
            }
        }
        let isParked = deadLetters.values.contains { letter in
            letter.isParking && letter.key.handler == handler && letter.place?.key == key.key
        }
        let left = self.rows(of: key)
        guard !isParked, left.allSatisfy(\.isBehind), let first = left.min(by: { $0.isOlder(than: $1) }) else { return }
        retries[first.key]?.isBehind = false
        retries[first.key]?.dueAt = max(first.dueAt, now)
    }

    private mutating func supersede(_ key: OrderedKey) {
        let waiting = rows(of: key).filter { $0.worker == nil && !finished.contains($0.key) }
        for row in waiting {
            let isOlder =
                waiting.contains { row.isOlder(than: $0) } || newestHandled[key].map { row.isOlder(than: $0) } ?? false
            if isOlder {
                retries[row.key] = nil
                superseded.append(row.key)
            }
        }
    }

    /// Tells whether a pair waits behind one of its key that a worker holds.
    func isBehindHeld(_ row: RetryRow) -> Bool {
        guard row.isBehind, let key = OrderedKey(row.key.handler, row.order) else { return false }
        return rows(of: key).contains { $0.worker != nil }
    }

    /// Moves what is known of the keys of renamed handlers to the names that those have now.
    mutating func moveRenamedOrder() {
        for (key, row) in newestHandled {
            let handler = directory.currentName(key.handler)
            guard handler != key.handler else { continue }
            newestHandled[key] = nil
            noteHandled(row.with(RetryKey(delivery: row.key.delivery, handler: handler)))
        }
    }

    /// Remembers a pair that was handled, where only the newest of its key counts.
    mutating func noteHandled(_ row: RetryRow) {
        guard let key = OrderedKey(row.key.handler, row.order), directory.rule(of: row.key.handler) == .newest else {
            return
        }
        if newestHandled[key].map({ $0.isOlder(than: row) }) ?? true {
            newestHandled[key] = row
        }
    }

    /// Tells whether the later pairs of a key wait where this one dies.
    func parks(_ row: RetryRow) -> Bool {
        row.order.place != nil && directory.rule(of: row.key.handler) == .byKeyParking
    }
}

extension RetryRow {
    /// True if it has run since its last replay.
    fileprivate var hasRun: Bool {
        failedAttempts > attemptsBeforeReplay
    }

    fileprivate func isOlder(than other: RetryRow) -> Bool {
        (order.place?.position ?? 0, key.delivery) < (other.order.place?.position ?? 0, other.key.delivery)
    }
}
