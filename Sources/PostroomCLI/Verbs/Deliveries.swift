import ArgumentParser
import PostroomConfiguration
import PostroomCore
import PostroomInbox
import PostroomSources

/// `postroom deliveries list`.
struct DeliveriesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List kept deliveries, newest first.",
        discussion: """
            A delivery is queued, owed (some handler has yet to handle it), dead (some handler gave it up) or settled; with \
            --state those are listed that are in that state at some handler, or at the one of --handler. With --state \
            scheduled those are listed that were enqueued for later and have no id yet. A delivery is unreadable beside \
            that where its body names no event type though its source promises one: only handlers of \
            every event got it, and after an update that can read it 'deliveries replay' brings it to the others.

            A filter that hardly anything matches is looked for during some seconds; then the status is 75, and the error \
            says how to go on.
            """
    )

    @OptionGroup(title: "Filters") var filters: DeliveryFilterOptions

    @OptionGroup(title: "Filters") var search: DeliverySearchOptions

    @Option(name: .long, help: ArgumentHelp("Only deliveries with lower ids than this.", valueName: "id"))
    var before: Int64?

    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let now = Timestamp.now
        let wanted = search.narrowing(filters.filter(now: now))
        let limit = list.limit
        let before = before
        guard wanted.state != .scheduled else { return try await listScheduled(wanted, now: now) }
        let types = EventTypes(try inbox.common.load().configuration, sources: ProgramContext.current.sources)
        let servers = before.map { [ServerNumber.of(DeliveryID(rawValue: $0))] as Set }
        let answers = try await inbox.each(on: servers) { inbox in
            try await HandlerLookup.require(wanted.handler, in: inbox)
            return try await inbox.deliveries(wanted, below: before, limit: limit) {
                types.unreadableReason(of: $0)?.description
            }
        }
        try CommandOutput.write { output in
            let columns = DeliveryColumns.summary(now: now, unreadable: wanted.state == .unreadable)
            let found = answers.newest(limit) { $0.receivedAt }
            output.list(found, columns, asJSON: list.json, ifEmpty: "no kept delivery matches")
        }
        try answers.check(limit, "deliveries")
    }

    private func listScheduled(_ wanted: DeliveryFilter, now: Timestamp) async throws {
        let limit = list.limit
        let answers = try await inbox.each { try await $0.scheduledEvents(wanted, limit: limit) }
        let found = answers.values.joined().sorted { $0.dueAt < $1.dueAt }.prefix(limit)
        try CommandOutput.write { output in
            let columns = DeliveryColumns.scheduled(now: now)
            output.list(Array(found), columns, asJSON: list.json, ifEmpty: "nothing is scheduled")
        }
        try answers.check()
    }
}

/// `postroom deliveries show`.
struct DeliveriesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a delivery: where it came from, its headers, and what each handler did with it.",
        discussion: """
            Values of headers that authenticate are not shown. Sensitive values in a body, and bodies that are no JSON \
            object, are shown as ••• unless --show-sensitive asks for them.
            """
    )

    @Argument(help: "The delivery's id, as its sender was answered.")
    var id: Int64

    @OptionGroup var show: ShowOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let id = DeliveryID(rawValue: id)
        let found = try await inbox.withInbox(of: ServerNumber.of(id)) { inbox in
            (delivery: try await inbox.delivery(id), reasons: try await inbox.why(id))
        }
        guard let delivery = found.delivery else { throw WhyCommand.missing(id) }
        let body = show.body ? ShownBody(of: delivery.delivery, show.form) : nil
        let unreadable = EventTypes(try inbox.common.load().configuration, sources: ProgramContext.current.sources)
            .unreadableReason(of: delivery.delivery)
        let view = DeliveryView(
            delivery: delivery.delivery,
            reasons: found.reasons,
            pairs: delivery.pairs,
            unreadable: unreadable,
            body: body
        )
        try CommandOutput.write { output in view.write(to: output, now: .now, show.json) }
    }
}

/// `postroom deliveries replay`.
struct DeliveriesReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Put kept deliveries through handlers again, at the inbox's pace.",
        discussion: """
            Every handler that subscribes to a delivery runs on it again, whether or not it has handled it before; with \
            --to-handler only that one. It is also how a new handler gets what came before it was there.
            """
    )

    @Option(
        name: [.customLong("to-handler"), .customLong("handler")],
        help: "Only this handler gets them.",
        transform: FilterText.name
    )
    var handler: String?

    @Option(name: .long, help: "Only deliveries with this idempotency key.", transform: FilterText.name)
    var key: String?

    @OptionGroup(title: "Filters") var filters: DeliveryFilterOptions
    @OptionGroup(title: "Pace") var pace: ReplayPaceOptions
    @OptionGroup var action: ActionOptions
    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        try action.checkScope(
            isFiltered: !filters.isEmpty || key != nil,
            "deliveries",
            "--key, --endpoint, --type, --since, --until or --id"
        )
    }

    func run() async throws {
        let filter = filters.filter(now: .now)
        let handler = handler.map(HandlerName.init(rawValue:))
        let key = key
        guard !action.dryRun else {
            let counts = try await inbox.each(on: filter.servers) { inbox in
                try await HandlerLookup.require(handler, in: inbox)
                guard let filter = try await Self.narrow(filter, to: key, in: inbox) else { return 0 }
                return try await inbox.countDeliveries(filter)
            }
            try CommandOutput.write {
                let count = counts.values.reduce(0, +)
                $0.line(Plural.of(count, "delivery", "deliveries") + " would be replayed")
            }
            return try counts.check()
        }
        let everything = action.all
        let pace = pace.pace(to: self.handler)
        let replays = try await inbox.each(on: filter.servers) { inbox -> Int64? in
            guard let filter = try await Self.narrow(filter, to: key, in: inbox) else { return nil }
            return try await inbox.replayDeliveries(filter, pace: pace, everything: everything)
        }
        for replay in replays.values.compactMap(\.self) {
            try ReplayNotice.write(replay)
        }
        try replays.check()
        if let key, replays.values.allSatisfy({ $0 == nil }) {
            throw CommandFailure(
                .failed,
                "no delivery has the key '\(EscapedText.of(key))': none came, or it is older than the retention"
            )
        }
    }

    /// The filter with the deliveries that hold a key, if one was given.
    ///
    /// - Returns: The filter; `nil` where no delivery holds it.
    /// - Throws: The inbox's error.
    private static func narrow(_ filter: DeliveryFilter, to key: String?, in inbox: Inbox) async throws
        -> DeliveryFilter?
    {
        guard let key else { return filter }
        let holders = try await inbox.deliveries(withKey: key, at: filter.endpoint)
        var filter = filter
        filter.ids = filter.ids.map { ids in ids.filter(holders.contains) } ?? holders
        return filter.ids?.isEmpty == false ? filter : nil
    }
}

/// The columns of deliveries.
enum DeliveryColumns {
    /// The columns of lists; with `unreadable`, the reason why a body can't be read is one.
    static func summary(now: Timestamp, unreadable: Bool = false) -> [Column<DeliverySummary>] {
        let reason: [Column<DeliverySummary>] =
            unreadable ? [.optional("unreadable", widest: 60) { $0.unreadable }] : []
        return [
            Column("id", value: { .integer($0.id.rawValue) }),
            .moment("received", key: "received_at") { $0.receivedAt },
            .age(now: now) { $0.receivedAt },
            Column("endpoint", widest: 32, value: { .string($0.endpoint.rawValue) }),
            Column("source", value: { .string($0.source.rawValue) }),
            .optional("type", key: "event_type", widest: 40) { $0.eventType },
            Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
            Column("bytes", .right, value: { .integer(Int64($0.bytes)) }, text: { HumanText.size(bytes: $0.bytes) }),
            Column("key", key: "idempotency_key", widest: 40, value: { .string($0.idempotencyKey) }),
        ] + reason
    }

    /// The columns of what was enqueued for later.
    static func scheduled(now: Timestamp) -> [Column<ScheduledEvent>] {
        [
            .moment("due", key: "due_at") { $0.dueAt },
            .momentWithAge("enqueued", key: "scheduled_at", now: now) { $0.scheduledAt },
            Column("endpoint", widest: 32, value: { .string($0.endpoint.rawValue) }),
            Column("source", value: { .string($0.source.rawValue) }),
            .optional("type", key: "event_type", widest: 40) { $0.eventType },
            Column("bytes", .right, value: { .integer(Int64($0.bytes)) }, text: { HumanText.size(bytes: $0.bytes) }),
            Column("key", key: "idempotency_key", widest: 40, value: { .string($0.idempotencyKey) }),
        ]
    }

    /// The columns of one delivery, beside its headers.
    static func delivery(now: Timestamp) -> [Column<Delivery>] {
        [
            Column("id", value: { .integer($0.id.rawValue) }),
            .momentWithAge("received", key: "received_at", now: now) { $0.receivedAt },
            Column("endpoint", value: { .string($0.endpoint.rawValue) }),
            Column("source", value: { .string($0.source.rawValue) }),
            .optional("type", key: "event_type") { $0.eventType },
            Column("idempotency key", value: { .string($0.idempotencyKey) }),
            Column(
                "body",
                key: "body_bytes",
                value: { .integer(Int64($0.body.count)) },
                text: { "\(HumanText.count($0.body.count)) bytes" }
            ),
        ]
    }

    /// The columns of a delivery's history at its handlers.
    static let pairs: [Column<PairRecord>] = [
        .moment("at") { $0.at },
        Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
        Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
        Column("attempt", .right, value: { .integer(orNull: $0.attempt) }),
        .duration("took", key: "duration_seconds") { $0.duration },
        Column("worker", .right, value: { .integer(orNull: $0.worker) }),
        .optional("detail", widest: 100) { $0.detail },
    ]

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "dead": .red
        case "owed", "parked", "failed": .yellow
        case "handled", "settled": .green
        default: nil
        }
    }
}

/// A delivery as it is shown.
struct DeliveryView: Sendable {
    let delivery: Delivery
    /// Where it stands at each handler.
    var reasons: [Explanation] = []
    let pairs: [PairRecord]
    /// The reason why the body names no event type though its source promises one.
    var unreadable: UnreadableReason?
    /// The body, where it is shown: for people it is then all that is.
    var body: ShownBody?
    /// The sources that the program knows.
    var sources = ProgramContext.current.sources

    /// The deviations from the producer's promises, in words: of the request, then of the body by JSON path.
    ///
    /// A body that no typed handler could take says why, as its only oddity.
    private var oddities: [String] {
        let ofRequest = sources.rules(for: delivery.source).details(of: delivery).oddity
        do {
            let ofBody = try sources.typedEvent(of: delivery)?.oddities ?? []
            return [ofRequest].compactMap(\.self) + ofBody.map(\.description)
        } catch {
            return [ofRequest].compactMap(\.self) + ["no typed handler can take it: \(error)"]
        }
    }

    /// Writes it for people or machines.
    func write(to output: CommandOutput, now: Timestamp, _ asJSON: Bool) {
        let columns = DeliveryColumns.delivery(now: now)
        let headers = HeaderDisplay(delivery.headers)
        let oddities = self.oddities
        guard !asJSON else {
            let more = [
                JSONTree.Member("unreadable", .string(orNull: unreadable?.description)),
                JSONTree.Member("oddities", .array(oddities.map { .string($0) })),
                JSONTree.Member("headers", headers.json),
                JSONTree.Member("why", .array(reasons.map { WhyColumns.all.object($0) })),
                JSONTree.Member("handlers", .array(pairs.map { DeliveryColumns.pairs.object($0) })),
            ]
            return output.json(columns.object(delivery).adding(more + (body.map { [.init("body", $0.json)] } ?? [])))
        }
        if let body {
            return body.write(to: output)
        }
        output.show(delivery, columns, asJSON: false)
        for oddity in oddities {
            output.note("odd: \(oddity)", .yellow)
        }
        if let unreadable {
            output.note("unreadable: \(unreadable); only handlers of every event got it", .yellow)
        }
        headers.write(to: output)
        if !reasons.isEmpty {
            output.line("\n" + output.style("why", .bold))
            output.list(reasons, WhyColumns.all, asJSON: false, ifEmpty: "")
        }
        output.line("\n" + output.style("handlers", .bold))
        guard !pairs.isEmpty else { return output.line("  none has had it yet") }
        output.list(pairs, DeliveryColumns.pairs, asJSON: false, ifEmpty: "")
    }
}

/// `postroom deliveries`: what was received and is kept.
struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List, show, explain, replay, export and cancel what was received or enqueued.",
        subcommands: [
            DeliveriesListCommand.self,
            DeliveriesShowCommand.self,
            WhyCommand.self,
            DeliveriesReplayCommand.self,
            DeliveriesExportCommand.self,
            DeliveriesCancelCommand.self,
        ]
    )
}
