import PostroomCore

/// A batch in the queue.
struct BatchRow {
    let batch: ClaimedBatch
    var worker: WorkerID?
    var deaths = 0
}

/// A pair that owes an attempt.
struct RetryRow {
    private(set) var key: RetryKey
    let delivery: Delivery
    var failedAttempts = 0
    var attemptsBeforeReplay = 0
    var dueAt: Timestamp
    var worker: WorkerID?
    var isMarked = false
    var deaths = 0
    var strikes = 0
    /// The key for which it is parked until an attempt of the key ends.
    var parkedKey: LimitedKey?
    /// The cell of its key's rate that is reserved for it.
    var cellAt: Timestamp?
    var order = JobOrder.none
    /// True if another pair of its key comes first.
    var isBehind = false

    /// The same under another name of its handler.
    func with(_ key: RetryKey) -> RetryRow {
        var row = self
        row.key = key
        return row
    }

    /// True if it runs alone.
    var isSuspect: Bool {
        deaths >= CrashRules.deathsUntilSuspect
    }
}

/// A pair that is not tried again by itself.
struct DeadLetterRow {
    private(set) var key: RetryKey
    let delivery: Delivery
    let reason: DeathReason
    let failedAttempts: Int
    let error: String
    var place: OrderPlace?
    /// True while the later pairs of its key wait.
    var isParking = false

    /// The same under another name of its handler.
    func with(_ key: RetryKey) -> DeadLetterRow {
        var row = self
        row.key = key
        return row
    }
}
