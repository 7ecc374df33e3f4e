import PostroomCore
import PostroomInbox

/// The state of the inbox, as `postroom status` tells it.
struct StatusReport: Sendable {
    /// Dead letters of one handler with one reason.
    struct DeadLetterTotal: Sendable {
        let handler: HandlerName
        let reason: String
        let letters: Int
    }

    /// The most replays that are looked through for open ones.
    private static let replaysRead = 1000
    /// From when on an open snapshot is worth a line: autovacuum comes round the queue about that often.
    private static let oldSnapshot: Duration = .seconds(10)

    var status: InboxStatus
    var deadLetters: [DeadLetterTotal]
    var handlers: [HandlerBacklog]
    var workers: [WorkerStatus]
    /// Replays that have not ended.
    var replays: [ReplaySummary]
    /// Who keeps vacuum from its work.
    var snapshots: [SnapshotHolder]
    /// The reach of the partitions ahead.
    var partitions: PartitionOutlook?

    /// Puts a report together.
    init(
        status: InboxStatus,
        deadLetters: [DeadLetterTotal],
        handlers: [HandlerBacklog],
        workers: [WorkerStatus],
        replays: [ReplaySummary],
        snapshots: [SnapshotHolder] = [],
        partitions: PartitionOutlook? = nil
    ) {
        self.status = status
        self.deadLetters = deadLetters
        self.handlers = handlers
        self.workers = workers
        self.replays = replays
        self.snapshots = snapshots
        self.partitions = partitions
    }

    /// Reads the state; its parts are read one after the other.
    ///
    /// - Throws: The inbox's error.
    init(reading inbox: Inbox) async throws {
        self.init(
            status: try await inbox.status(),
            deadLetters: try await inbox.deadLetterTotals().map(DeadLetterTotal.init),
            handlers: try await inbox.backlog(),
            workers: try await inbox.workers(),
            replays: try await inbox.replays(limit: Self.replaysRead)
                .filter { $0.state == "running" || $0.state == "paused" },
            snapshots: try await inbox.snapshotHolders(heldFor: Self.oldSnapshot),
            partitions: try await inbox.partitionOutlook()
        )
    }

    /// Writes it for people, on one screen, or for machines, as a whole.
    func write(to output: CommandOutput, now: Timestamp, asJSON: Bool) {
        guard !asJSON else { return output.json(json(now: now)) }
        output.show(status, StatusColumns.summary, asJSON: false)
        if let partitions {
            output.show(partitions, StatusColumns.partitions, asJSON: false)
        }
        if let orphans {
            output.line(output.paint(orphans, .red))
        }
        let program = ProgramContext.current.name
        section("dead letters", deadLetters, StatusColumns.deadLetters, "\(program) dead-letters list", output)
        section("handlers", handlers, StatusColumns.handlers, "\(program) handlers list", output)
        section("workers", workers, StatusColumns.workers, "\(program) status --json", output)
        section("old snapshots, which let dead rows pile up", snapshots, StatusColumns.snapshots, "psql", output)
        section("replays", replays, StatusColumns.replays(now: now), "\(program) replays list", output)
    }

    /// The warning of handlers that no worker has, or `nil` where each has one.
    private var orphans: String? {
        let orphans = handlers.filter(\.isOrphaned)
        guard !orphans.isEmpty else { return nil }
        let waiting = orphans.reduce(0) { $0 + $1.retriesWaiting }
        return "no worker has \(Plural.of(orphans.count, "handler", "handlers")), and "
            + Plural.of(waiting, "delivery waits for it", "deliveries wait for it")
            + "; deploy a worker that has it, or remove it"
    }

    /// The whole of it: figures first, then the lists.
    func json(now: Timestamp) -> JSONTree {
        StatusColumns.figures.object(status)
            .adding(partitions.map { [.init("partitions", StatusColumns.partitionFigures.object($0))] } ?? [])
            .adding([
                JSONTree.Member("dead_letter_totals", .array(deadLetters.map { StatusColumns.deadLetters.object($0) })),
                JSONTree.Member("handlers", .array(handlers.map { HandlerColumns.all.object($0) })),
                JSONTree.Member("workers", .array(workers.map { StatusColumns.allOfWorker.object($0) })),
                JSONTree.Member("old_snapshots", .array(snapshots.map { StatusColumns.snapshots.object($0) })),
                JSONTree.Member("replays", .array(replays.map { ReplayColumns.all(now: now).object($0) })),
            ])
    }

    /// Writes one table, if it has any rows, and no more of them than fit beside the others.
    private func section<Row>(
        _ title: String,
        _ rows: [Row],
        _ columns: [Column<Row>],
        _ verb: String,
        _ output: CommandOutput
    ) {
        let most = 12
        guard !rows.isEmpty else { return }
        output.line("\n" + output.paint(title, .bold))
        output.list(Array(rows.prefix(most)), columns, asJSON: false, ifEmpty: "")
        if rows.count > most {
            output.line("… and \(HumanText.count(rows.count - most)) more: \(verb)")
        }
    }
}
