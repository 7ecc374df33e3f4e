import PostroomCore
import PostroomInbox

/// What `postroom status` shows.
enum StatusColumns {
    /// The figures in words.
    static let summary: [Column<InboxStatus>] = [
        words("lag") { lag($0) },
        words("in flight") {
            Plural.of($0.deliveriesInFlight, "delivery", "deliveries") + ", "
                + Plural.of($0.retriesInFlight, "retry", "retries")
        },
        words("retries") { retries($0) },
        words("dead letters", { $0.deadLetters > 0 ? .red : nil }) { HumanText.count($0.deadLetters) },
        words("handlers", { $0.handlersPaused > 0 ? .yellow : nil }) {
            HumanText.count($0.handlers)
                + ($0.handlersPaused > 0 ? ", \(HumanText.count($0.handlersPaused)) paused" : "")
        },
        words("workers") { HumanText.count($0.workers) },
        words("replays") { "\(HumanText.count($0.replaysRunning)) running" },
    ]

    /// The figures for machines.
    static let figures: [Column<InboxStatus>] = [
        .count("waiting_batches") { $0.waitingBatches },
        .count("waiting_deliveries") { $0.waitingDeliveries },
        .duration("oldest_waiting", key: "oldest_waiting_seconds") { $0.oldestWaiting },
        .count("deliveries_in_flight") { $0.deliveriesInFlight },
        .count("retries_waiting") { $0.retriesWaiting },
        .count("retries_due") { $0.retriesDue },
        .count("retries_in_flight") { $0.retriesInFlight },
        .count("suspects_waiting") { $0.suspectsWaiting },
        .count("dead_letters") { $0.deadLetters },
    ]

    /// The reach of the partitions ahead, in words.
    static let partitions: [Column<PartitionOutlook>] = [
        Column("partitions", value: { .string(words(of: $0)) }, style: { $0.daysAhead < 1 ? .red : nil })
    ]

    /// The reach of the partitions ahead, for machines.
    static let partitionFigures: [Column<PartitionOutlook>] = [
        .count("days_ahead") { $0.daysAhead },
        Column("role_makes_them", value: { .boolean($0.isAllowed) }),
    ]

    /// Who keeps vacuum from its work.
    static let snapshots: [Column<SnapshotHolder>] = [
        Column("holder", value: { .string($0.holder) }),
        Column("application", widest: 32, value: { $0.application.map { .string($0) } ?? .null }),
        Column("role", widest: 24, value: { $0.role.map { .string($0) } ?? .null }),
        Column("state", value: { $0.state.map { .string($0) } ?? .null }),
        .duration("held for", key: "held_seconds") { $0.heldFor },
        .count("transactions") { $0.transactions },
        Column("query", widest: 48, value: { $0.query.map { .string($0) } ?? .null }),
    ]

    /// Dead letters by handler and reason.
    static let deadLetters: [Column<StatusReport.DeadLetterTotal>] = [
        Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
        Column("reason", value: { .string($0.reason) }),
        .count("letters") { $0.letters },
    ]

    /// The handlers, with less than their own list has.
    static let handlers = HandlerColumns.all.filter { !["patterns", "last_died_at", "next_due_at"].contains($0.key) }

    /// The workers, for people.
    static let workers = allOfWorker.filter { !["started_at", "handlers", "oldest_received_at"].contains($0.key) }

    /// All that is known of a worker.
    static let allOfWorker: [Column<WorkerStatus>] = [
        Column("id", value: { .integer($0.id.rawValue) }),
        Column("label", widest: 48, value: { .string($0.label) }),
        .duration("silent for", key: "silent_seconds") { $0.silentFor },
        .moment("started", key: "started_at") { $0.startedAt },
        Column("handlers", value: { .array($0.handlers.map { .string($0) }) }),
        .count("batches") { $0.batches },
        .count("deliveries") { $0.deliveries },
        .moment("oldest", key: "oldest_received_at") { $0.oldestReceivedAt },
        .count("retries") { $0.retries },
    ]

    /// The replays that have not ended, with less than their own list has.
    static func replays(now: Timestamp) -> [Column<ReplaySummary>] {
        ReplayColumns.all(now: now).filter { !["requested_at", "finished_at"].contains($0.key) }
    }

    private static func words(
        _ title: String,
        _ style: @escaping @Sendable (InboxStatus) -> TextStyle? = { _ in nil },
        _ text: @escaping @Sendable (InboxStatus) -> String
    ) -> Column<InboxStatus> {
        Column(title, value: { .string(text($0)) }, style: style)
    }

    private static func retries(_ status: InboxStatus) -> String {
        let waiting = "\(HumanText.count(status.retriesWaiting)) waiting, \(HumanText.count(status.retriesDue)) due"
        guard status.suspectsWaiting > 0 else { return waiting }
        return waiting + ", \(Plural.of(status.suspectsWaiting, "crash suspect", "crash suspects"))"
    }

    private static func words(of outlook: PartitionOutlook) -> String {
        let made =
            outlook.daysAhead < 0
            ? "today's is missing" : "made for \(Plural.of(outlook.daysAhead, "day", "days")) ahead"
        return outlook.isAllowed ? made : "\(made); the role \(outlook.role) may not make more: \(outlook.advice)"
    }

    private static func lag(_ status: InboxStatus) -> String {
        guard let oldest = status.oldestWaiting else { return "nothing waits" }
        let deliveries = Plural.of(status.waitingDeliveries, "delivery waits", "deliveries wait")
        return "\(deliveries) in \(Plural.of(status.waitingBatches, "batch", "batches")), the oldest for "
            + HumanText.duration(oldest)
    }
}
