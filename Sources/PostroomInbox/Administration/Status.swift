package import PostroomCore

/// The state of the inbox.
package struct InboxStatus: Sendable {
    /// Batches that nobody has claimed.
    package let waitingBatches: Int
    /// The deliveries in them.
    package let waitingDeliveries: Int
    /// The wait of the oldest of them; `nil` where none waits.
    package let oldestWaiting: Duration?
    /// Deliveries in batches that workers hold.
    package let deliveriesInFlight: Int
    /// Retries that wait, due or not.
    package let retriesWaiting: Int
    /// Those that are due, of handlers that are not paused.
    package let retriesDue: Int
    /// Retries that run.
    package let retriesInFlight: Int
    /// Retries that wait to run alone, because workers died with them.
    package let suspectsWaiting: Int
    /// Dead letters.
    package let deadLetters: Int
    /// Running workers.
    package let workers: Int
    /// Handlers that are not removed.
    package let handlers: Int
    /// Those of them that are paused.
    package let handlersPaused: Int
    /// Replays that are under way.
    package let replaysRunning: Int
    /// The time since which the oldest delivery that is owed to a handler by a row of its own was received.
    package var oldestOwed: Duration?
    /// The handler that owes it.
    package var oldestOwedHandler: HandlerName?
    /// The time of the count, or `nil` where nothing was counted yet.
    package var countedAt: Timestamp?
}

/// A running worker and the work that it holds.
package struct WorkerStatus: Sendable {
    /// Its identity.
    package let id: WorkerID
    /// Its process, in words.
    package let label: String
    /// The time since its last heartbeat.
    package let silentFor: Duration
    /// When it started.
    package let startedAt: Timestamp
    /// Its handlers.
    package let handlers: [String]
    /// The batches that it holds.
    package let batches: Int
    /// The deliveries in them.
    package let deliveries: Int
    /// When the oldest of them was received.
    package let oldestReceivedAt: Timestamp?
    /// The retries that it holds.
    package let retries: Int
}

/// A session, transaction or slot that keeps vacuum from removing dead rows.
package struct SnapshotHolder: Sendable {
    /// The backend, prepared transaction or replication slot.
    package let holder: String
    /// The name that its application gave itself.
    package let application: String?
    /// Its role.
    package let role: String?
    /// Its activity: `idle in transaction`, for example.
    package let state: String?
    /// The duration; `nil` for a replication slot, and where the reader may not see it.
    package let heldFor: Duration?
    /// The number of transactions that have begun since.
    package let transactions: Int
    /// Its last statement, as far as the reader may see it.
    package let query: String?
}

extension Inbox {
    /// Reads who has held an old snapshot for a while, so that tables grow and scans slow down.
    ///
    /// - Parameter heldFor: The least duration.
    /// - Returns: Up to five, the oldest first.
    /// - Throws: ``PostroomCore/QueueError``.
    package func snapshotHolders(heldFor: Duration) async throws(QueueError) -> [SnapshotHolder] {
        try await administer(SnapshotList(heldFor: heldFor))
            .map { row in
                SnapshotHolder(
                    holder: row.holder,
                    application: row.application,
                    role: row.role,
                    state: row.state,
                    heldFor: row.heldFor,
                    transactions: row.xminAge,
                    query: row.query
                )
            }
    }

    /// Reads the state of the inbox.
    ///
    /// - Parameter fresh: True to count anew where the last count was cheap; else the last one is read, whatever its age.
    /// - Returns: The counts at one moment.
    /// - Throws: ``PostroomCore/QueueError``.
    package func status(fresh: Bool = true) async throws(QueueError) -> InboxStatus {
        if fresh {
            try await countFigures(for: Inbox.glance)
        }
        guard let row = try await administer(StatusRead()).first else {
            throw QueueError(kind: .rejected, description: "the view status returned no row")
        }
        return InboxStatus(
            waitingBatches: row.waitingBatches,
            waitingDeliveries: row.waitingDeliveries,
            oldestWaiting: row.oldestWaiting,
            deliveriesInFlight: row.deliveriesInFlight,
            retriesWaiting: row.retriesWaiting,
            retriesDue: row.retriesDue,
            retriesInFlight: row.retriesInFlight,
            suspectsWaiting: row.suspectsWaiting,
            deadLetters: row.deadLetters,
            workers: row.workers,
            handlers: row.handlers,
            handlersPaused: row.handlersPaused,
            replaysRunning: row.replaysRunning,
            oldestOwed: row.oldestOwed,
            oldestOwedHandler: row.oldestOwedHandler,
            countedAt: row.countedAt
        )
    }

    /// Reads the running workers.
    ///
    /// - Returns: The workers with what they hold, oldest first.
    /// - Throws: ``PostroomCore/QueueError``.
    package func workers() async throws(QueueError) -> [WorkerStatus] {
        try await administer(InFlightRead())
            .map { row in
                WorkerStatus(
                    id: row.worker,
                    label: row.label,
                    silentFor: row.silentFor,
                    startedAt: row.startedAt,
                    handlers: row.handlers,
                    batches: row.batches,
                    deliveries: row.deliveries,
                    oldestReceivedAt: row.oldestReceivedAt,
                    retries: row.retries
                )
            }
    }

    /// Reads dead letters by handler and reason, as they were last counted.
    ///
    /// - Returns: One count for each pair that has any.
    /// - Throws: ``PostroomCore/QueueError``.
    package func deadLetterTotals() async throws(QueueError) -> [(handler: HandlerName, reason: String, letters: Int)] {
        try await administer(DeadLetterTotals())
            .map { row in
                (row.handler, row.reason, row.letters)
            }
    }
}
