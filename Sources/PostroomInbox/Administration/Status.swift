public import PostroomCore

/// The state of the inbox.
public struct InboxStatus: Sendable {
    /// Batches that nobody has claimed.
    public let waitingBatches: Int
    /// The deliveries in them.
    public let waitingDeliveries: Int
    /// How long the oldest of them has waited; `nil` where none waits.
    public let oldestWaiting: Duration?
    /// Deliveries in batches that workers hold.
    public let deliveriesInFlight: Int
    /// Retries that wait, due or not.
    public let retriesWaiting: Int
    /// Those that are due, of handlers that are not paused.
    public let retriesDue: Int
    /// Retries that run.
    public let retriesInFlight: Int
    /// Retries that wait to run alone, because workers died with them.
    public let suspectsWaiting: Int
    /// Dead letters.
    public let deadLetters: Int
    /// Running workers.
    public let workers: Int
    /// Handlers that are not removed.
    public let handlers: Int
    /// Those of them that are paused.
    public let handlersPaused: Int
    /// Replays that are under way.
    public let replaysRunning: Int
}

/// A running worker and what it holds.
public struct WorkerStatus: Sendable {
    /// Its identity.
    public let id: WorkerID
    /// Its process, in words.
    public let label: String
    /// How long ago its last heartbeat was.
    public let silentFor: Duration
    /// When it started.
    public let startedAt: Timestamp
    /// Its handlers.
    public let handlers: [String]
    /// The batches that it holds.
    public let batches: Int
    /// The deliveries in them.
    public let deliveries: Int
    /// When the oldest of them was received.
    public let oldestReceivedAt: Timestamp?
    /// The retries that it holds.
    public let retries: Int
}

/// Somebody who keeps vacuum from removing dead rows.
public struct SnapshotHolder: Sendable {
    /// The backend, prepared transaction or replication slot.
    public let holder: String
    /// What its application calls itself.
    public let application: String?
    /// Its role.
    public let role: String?
    /// What it does: `idle in transaction`, for example.
    public let state: String?
    /// For how long; `nil` for a replication slot, and where the reader may not see it.
    public let heldFor: Duration?
    /// How many transactions have begun since.
    public let transactions: Int
    /// Its last statement, as far as the reader may see it.
    public let query: String?
}

extension Inbox {
    /// Reads who has held an old snapshot for a while, so that tables grow and scans slow down.
    ///
    /// - Parameter heldFor: For how long at least.
    /// - Returns: Up to five, the oldest first.
    /// - Throws: ``PostroomCore/QueueError``.
    public func snapshotHolders(heldFor: Duration) async throws(QueueError) -> [SnapshotHolder] {
        try await administer(SnapshotList(heldFor: heldFor.microseconds))
            .map { row in
                SnapshotHolder(
                    holder: row.holder,
                    application: row.application,
                    role: row.role,
                    state: row.state,
                    heldFor: row.heldFor.map(Duration.microseconds),
                    transactions: Int(row.xminAge),
                    query: row.query
                )
            }
    }

    /// Reads the state of the inbox.
    ///
    /// - Returns: The counts at one moment.
    /// - Throws: ``PostroomCore/QueueError``.
    public func status() async throws(QueueError) -> InboxStatus {
        guard let row = try await administer(StatusRead()).first else {
            throw QueueError(kind: .rejected, description: "the view status returned no row")
        }
        return InboxStatus(
            waitingBatches: Int(row.waitingBatches),
            waitingDeliveries: Int(row.waitingDeliveries),
            oldestWaiting: row.oldestWaiting.map(Duration.microseconds),
            deliveriesInFlight: Int(row.deliveriesInFlight),
            retriesWaiting: Int(row.retriesWaiting),
            retriesDue: Int(row.retriesDue),
            retriesInFlight: Int(row.retriesInFlight),
            suspectsWaiting: Int(row.suspectsWaiting),
            deadLetters: Int(row.deadLetters),
            workers: Int(row.workers),
            handlers: Int(row.handlers),
            handlersPaused: Int(row.handlersPaused),
            replaysRunning: Int(row.replaysRunning)
        )
    }

    /// Reads the running workers.
    ///
    /// - Returns: The workers with what they hold, oldest first.
    /// - Throws: ``PostroomCore/QueueError``.
    public func workers() async throws(QueueError) -> [WorkerStatus] {
        try await administer(InFlightRead())
            .map { row in
                WorkerStatus(
                    id: WorkerID(rawValue: row.worker),
                    label: row.label,
                    silentFor: .microseconds(row.silentFor),
                    startedAt: Timestamp(rawValue: row.startedAt),
                    handlers: row.handlers,
                    batches: Int(row.batches),
                    deliveries: Int(row.deliveries),
                    oldestReceivedAt: row.oldestReceivedAt.map(Timestamp.init(rawValue:)),
                    retries: Int(row.retries)
                )
            }
    }

    /// Counts dead letters by handler and reason.
    ///
    /// - Returns: One count for each pair that has any.
    /// - Throws: ``PostroomCore/QueueError``.
    public func deadLetterTotals() async throws(QueueError) -> [(handler: HandlerName, reason: String, letters: Int)] {
        try await administer(DeadLetterTotals())
            .map { row in
                (HandlerName(rawValue: row.handler), row.reason, Int(row.letters))
            }
    }
}
