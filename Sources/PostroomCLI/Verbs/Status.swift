import ArgumentParser
import PostroomConfiguration
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
    /// The sessions that keep vacuum from its work.
    var snapshots: [SnapshotHolder]
    /// The reach of the partitions ahead.
    var partitions: PartitionOutlook?
    /// The largest groups of dead letters.
    var groups: [LetterGroup]
    /// The rates of the last minute and hour.
    var rates: FlowRates

    /// Puts a report together.
    init(
        status: InboxStatus,
        deadLetters: [DeadLetterTotal],
        handlers: [HandlerBacklog],
        workers: [WorkerStatus],
        replays: [ReplaySummary],
        snapshots: [SnapshotHolder] = [],
        partitions: PartitionOutlook? = nil,
        groups: [LetterGroup] = [],
        rates: FlowRates = FlowRates()
    ) {
        self.status = status
        self.deadLetters = deadLetters
        self.handlers = handlers
        self.workers = workers
        self.replays = replays
        self.snapshots = snapshots
        self.partitions = partitions
        self.groups = groups
        self.rates = rates
    }

    /// Reads the state; its parts are read one after the other.
    ///
    /// - Throws: The inbox's error.
    init(reading inbox: Inbox) async throws {
        try await inbox.countFigures()
        self.init(
            status: try await inbox.status(fresh: false),
            deadLetters: try await inbox.deadLetterTotals().map(DeadLetterTotal.init),
            handlers: try await inbox.backlog(fresh: false),
            workers: try await inbox.workers(),
            replays: try await inbox.replays(limit: Self.replaysRead)
                .filter { $0.state == "running" || $0.state == "paused" },
            snapshots: try await inbox.snapshotHolders(heldFor: Self.oldSnapshot),
            partitions: try await inbox.partitionOutlook(),
            groups: try await inbox.letterGroups(limit: 20, fresh: false),
            rates: FlowRates(try await inbox.flows(), now: .now)
        )
    }

    /// Writes it for people, on one screen, or for machines, as a whole.
    func write(to output: CommandOutput, now: Timestamp, asJSON: Bool) {
        guard !asJSON else { return output.json(json(now: now)) }
        let needs = StatusNeeds(self).lines
        for need in needs {
            output.line(output.style("! ", .boldRed) + need)
        }
        if !needs.isEmpty {
            output.line("")
        }
        output.show(status, StatusColumns.summary(now: now), asJSON: false)
        if !rates.isEmpty {
            output.show(rates, StatusColumns.rates, asJSON: false)
        }
        if let partitions {
            output.show(partitions, StatusColumns.partitions, asJSON: false)
        }
        let program = ProgramContext.current.name
        section("dead letters", groups, LetterGroupColumns.short, "\(program) dead-letters groups", output)
        section("handlers", handlers, StatusColumns.handlers(of: handlers), "\(program) handlers list", output)
        section("workers", workers, StatusColumns.workers, "\(program) status --json", output)
        section("old snapshots, which let dead rows pile up", snapshots, StatusColumns.snapshots, "psql", output)
        section("replays", replays, StatusColumns.replays(now: now), "\(program) replays list", output)
    }

    /// The whole of it: figures first, then the lists.
    func json(now: Timestamp) -> JSONTree {
        StatusColumns.figures.object(status)
            .adding([JSONTree.Member("needs", .array(StatusNeeds(self).lines.map { .string($0) }))])
            .adding([JSONTree.Member("rates", StatusColumns.rateFigures.object(rates))])
            .adding(partitions.map { [.init("partitions", StatusColumns.partitionFigures.object($0))] } ?? [])
            .adding([
                JSONTree.Member("dead_letter_totals", .array(deadLetters.map { StatusColumns.deadLetters.object($0) })),
                JSONTree.Member("dead_letter_groups", .array(groups.map { LetterGroupColumns.all.object($0) })),
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
        output.line("\n" + output.style(title, .bold))
        output.list(Array(rows.prefix(most)), columns, asJSON: false, ifEmpty: "")
        if rows.count > most {
            output.line("… and \(HumanText.count(rows.count - most)) more: \(verb)")
        }
    }
}

/// The columns of `postroom status`.
enum StatusColumns {
    /// The figures in words.
    static func summary(now: Timestamp) -> [Column<InboxStatus>] {
        var columns = figuresInWords
        columns.append(
            words("counted") { status in status.countedAt.map { HumanText.age(of: $0, now: now) } ?? "never" }
        )
        return columns
    }

    private static let figuresInWords: [Column<InboxStatus>] = [
        words("lag") { lag($0) },
        words("owed") { owed($0) },
        words("in flight") {
            Plural.of($0.deliveriesInFlight, "delivery", "deliveries") + ", "
                + Plural.of($0.retriesInFlight, "owed job", "owed jobs")
        },
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
        .duration("oldest_owed", key: "oldest_owed_seconds") { $0.oldestOwed },
        .optional("oldest_owed_handler") { $0.oldestOwedHandler?.rawValue },
        .moment("counted_at") { $0.countedAt },
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

    /// The sessions that keep vacuum from its work.
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

    /// The handlers, with less than their own list has, and with their limits where any has some.
    static func handlers(of handlers: [HandlerBacklog]) -> [Column<HandlerBacklog>] {
        let hasLimits = handlers.contains { $0.limits.limits != HandlerLimits() }
        let left = ["kind", "patterns", "last_died_at", "next_due_at", "oldest_received_at", "busy_until"]
        return HandlerColumns.all.filter { !(left + (hasLimits ? [] : ["limits"])).contains($0.key) }
    }

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
        ReplayColumns.table(now: now).filter { !["requested_at", "finished_at", "reason"].contains($0.key) }
    }

    private static func words(
        _ title: String,
        _ style: @escaping @Sendable (InboxStatus) -> TextStyle? = { _ in nil },
        _ text: @escaping @Sendable (InboxStatus) -> String
    ) -> Column<InboxStatus> {
        Column(title, value: { .string(text($0)) }, style: style)
    }

    private static func owed(_ status: InboxStatus) -> String {
        guard status.retriesWaiting > 0 else { return "nothing beside the queue" }
        var words =
            "\(Plural.of(status.retriesWaiting, "job", "jobs")) beside the queue, \(HumanText.count(status.retriesDue)) due"
        if let oldest = status.oldestOwed, let handler = status.oldestOwedHandler {
            words += ", the oldest for \(HumanText.duration(oldest)) by \(handler)"
        }
        guard status.suspectsWaiting > 0 else { return words }
        return words + ", \(Plural.of(status.suspectsWaiting, "crash suspect", "crash suspects"))"
    }

    /// The rates in words.
    static let rates: [Column<FlowRates>] = [
        Column(forPeople: "last minute") { $0.minute.words },
        Column(forPeople: "last hour") { $0.hour.words },
    ]

    /// The rates for machines.
    static let rateFigures: [Column<FlowRates>] = [
        Column("last_minute", value: { $0.minute.json }),
        Column("last_hour", value: { $0.hour.json }),
    ]

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

/// `postroom status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what needs somebody, what waits, runs, is owed and died, on one screen.",
        discussion: """
            Figures are counted every few seconds, more seldom where there is much to count; 'counted' says how old they are.
            """
    )

    @Flag(name: .long, help: "Show it again every two seconds, until it is interrupted.")
    var watch = false

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let (watch, json) = (watch, json)
        let configuration = try inbox.common.load().configuration
        let places = try InboxOptions.places(configuration.database, chosen: inbox.server)
        guard places.count == 1 else { return try await ofEach() }
        try await InboxOptions.withInbox(places[0], logger: inbox.common.quietLogger(configuration)) { inbox in
            try Self.write(try await StatusReport(reading: inbox), json, isWatching: watch)
            while watch {
                try await Task.sleep(for: .seconds(2))
                try Self.write(try await StatusReport(reading: inbox), json, isWatching: true)
            }
        }
    }

    /// Shows the state of each of several servers.
    private func ofEach() async throws {
        repeat {
            let reports = try await inbox.each { try await StatusReport(reading: $0) }
            try CommandOutput.write { output in
                guard json else {
                    Self.wipe(output, isWatching: watch)
                    return reports.each(output) { $0.write(to: output, now: .now, asJSON: false) }
                }
                let servers = reports.answers.map { answer in
                    answer.value.json(now: .now).adding([.init("server", .integer(Int64(answer.number ?? 0)))])
                }
                output.json(.object([JSONTree.Member("servers", .array(servers))]))
            }
            guard watch else { return try reports.check() }
            try CommandOutput.write { output in reports.failures.forEach { output.note($0.message) } }
            try await Task.sleep(for: .seconds(2))
        } while true
    }

    private static func wipe(_ output: CommandOutput, isWatching: Bool) {
        if isWatching, Terminal.isOutput {
            // The cursor goes home, and what was below it is wiped.
            output.raw(Array("\u{1B}[H\u{1B}[2J".utf8))
        }
    }

    private static func write(_ report: StatusReport, _ json: Bool, isWatching: Bool) throws {
        try CommandOutput.write { output in
            if !json {
                wipe(output, isWatching: isWatching)
            }
            report.write(to: output, now: .now, asJSON: json)
        }
    }
}
