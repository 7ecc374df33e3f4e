import ArgumentParser
import FoundationEssentials
import PostroomCore
import PostroomInbox

/// `postroom dead-letters list`.
struct DeadLettersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List dead letters, newest first.",
        discussion: """
            A filter that hardly anything matches is looked for during some seconds; then the status is 75, and the error \
            says how to go on.
            """
    )

    @OptionGroup(title: "Filters") var filters: DeadLetterFilterOptions

    @Option(name: .long, help: "The same as --died-of.", transform: FilterText.reason)
    var reason: DeathReason?

    @Option(name: .long, help: ArgumentHelp("Only dead letters with lower numbers than this.", valueName: "id"))
    var before: Int64?

    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let now = Timestamp.now
        let wanted = filters.filter(now: now, diedOf: reason)
        let limit = list.limit
        let before = before
        let servers = before.map { [ServerNumber.of(id: $0)] as Set }
        let answers = try await inbox.each(on: servers) { inbox in
            try await inbox.deadLetters(wanted, below: before, limit: limit)
        }
        try CommandOutput.write { output in
            let columns = DeadLetterColumns.summary(now: now)
            let found = answers.newest(limit) { $0.diedAt }
            output.list(found, columns, asJSON: list.json, ifEmpty: "no dead letter matches")
        }
        try answers.check(limit, "dead letters")
    }
}

/// `postroom dead-letters show`.
struct DeadLettersShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter: its delivery, its headers, and every failed attempt.",
        discussion: """
            Values of headers that authenticate are not shown. Sensitive values in a body, and bodies that are no JSON \
            object, are shown as ••• unless --show-sensitive asks for them.
            """
    )

    @Argument(help: "The dead letter's id, as the list has it.")
    var id: Int64

    @OptionGroup var show: ShowOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let id = id
        let found = try await inbox.withInbox(of: ServerNumber.of(id: id)) { try await $0.deadLetter(id) }
        guard let letter = found else {
            throw CommandFailure(
                .failed,
                "there is no dead letter \(id); it may have been replayed or discarded already"
            )
        }
        let body = show.body ? ShownBody(of: letter.delivery, show.form) : nil
        try CommandOutput.write { output in
            DeadLetterView(letter: letter, body: body).write(to: output, now: .now, show.json)
        }
    }
}

/// `postroom dead-letters replay`.
struct DeadLettersReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Put dead letters through their handlers again, at a pace.",
        discussion: """
            The letters that match now are meant, and no later ones. The first of each handler go ahead; the others follow \
            unless too many of those fail again, and then the replay waits for 'replays resume'. It goes behind live traffic, \
            and survives restarts. 'replays show' has its report.
            """
    )

    @OptionGroup(title: "Filters") var filters: DeadLetterFilterOptions
    @OptionGroup(title: "Pace") var pace: ReplayPaceOptions

    @Option(name: .long, help: "Give the letters to this handler in place of their own.", transform: FilterText.name)
    var toHandler: String?

    @OptionGroup var action: ActionOptions
    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        let isFiltered = !filters.isEmpty || pace.reason?.death != nil
        try action.checkScope(isFiltered: isFiltered, "dead letters", DeadLettersCommand.filters)
    }

    func run() async throws {
        let filter = filters.filter(now: .now, diedOf: pace.reason?.death)
        guard !action.dryRun else {
            return try await DeadLetterDryRun.write(filter, inbox, "would be replayed")
        }
        let everything = action.all
        let pace = pace.pace(to: toHandler)
        let replays = try await inbox.each(on: filter.servers) { inbox in
            try await inbox.replayDeadLetters(filter, pace: pace, everything: everything)
        }
        for replay in replays.values {
            try ReplayNotice.write(replay)
        }
        try replays.check()
    }
}

/// `postroom dead-letters discard`.
struct DeadLettersDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Delete dead letters for good.",
        discussion: "Nothing is asked; see first with --dry-run how many would go."
    )

    @OptionGroup(title: "Filters") var filters: DeadLetterFilterOptions

    @Option(
        name: .long,
        help: "Your reason, which the audit keeps; or what the letters died of, as --died-of.",
        transform: ReasonText.argument
    )
    var reason: ReasonText?

    @OptionGroup var action: ActionOptions
    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        let isFiltered = !filters.isEmpty || reason?.death != nil
        try action.checkScope(isFiltered: isFiltered, "dead letters", DeadLettersCommand.filters)
    }

    func run() async throws {
        let filter = filters.filter(now: .now, diedOf: reason?.death)
        guard !action.dryRun else {
            return try await DeadLetterDryRun.write(filter, inbox, "would be discarded")
        }
        let everything = action.all
        let reason = reason?.text
        let counts = try await inbox.each(on: filter.servers) { inbox in
            try await inbox.discardDeadLetters(filter, everything: everything, because: reason)
        }
        let discarded = counts.values.reduce(0, +)
        try CommandOutput.write { $0.line("discarded " + Plural.of(discarded, "dead letter", "dead letters")) }
        try counts.check()
    }
}

/// Says what replay and discard would do.
enum DeadLetterDryRun {
    /// Writes how many letters match.
    ///
    /// - Throws: ``CommandFailure``, also for a handler that nobody knows: the change itself would be refused.
    static func write(_ filter: DeadLetterFilter, _ options: InboxOptions, _ fate: String) async throws {
        let counts = try await options.each(on: filter.servers) { inbox in
            let count = try await inbox.countDeadLetters(filter)
            if count == 0 {
                try await HandlerLookup.require(filter.handler, in: inbox)
            }
            return count
        }
        let count = counts.values.reduce(0, +)
        try CommandOutput.write { $0.line("\(Plural.of(count, "dead letter", "dead letters")) \(fate)") }
        try counts.check()
    }
}

/// The columns of dead letters.
enum DeadLetterColumns {
    /// The columns of lists.
    static func summary(now: Timestamp) -> [Column<DeadLetterSummary>] {
        [
            Column("id", value: { .integer($0.id) }),
            .moment("died", key: "died_at") { $0.diedAt },
            .age(now: now) { $0.diedAt },
            Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
            Column("endpoint", widest: 32, value: { .string($0.endpoint.rawValue) }),
            .optional("type", key: "event_type", widest: 40) { $0.eventType },
            Column("reason", value: { .string($0.reason) }, style: { _ in .red }),
            .count("attempts", key: "failed_attempts") { $0.failedAttempts },
            Column("delivery", key: "delivery_id", value: { .integer($0.deliveryID.rawValue) }),
            Column("error", widest: 80, value: { .string($0.error) }),
        ]
    }

    /// The columns of one dead letter, beside its headers and its history.
    static func letter(now: Timestamp) -> [Column<DeadLetter>] {
        [
            Column("id", value: { .integer($0.summary.id) }),
            .momentWithAge("died", key: "died_at", now: now) { $0.summary.diedAt },
            Column("handler", value: { .string($0.summary.handler.rawValue) }),
            Column("reason", value: { .string($0.summary.reason) }, style: { _ in .red }),
            .count("attempts", key: "failed_attempts") { $0.summary.failedAttempts },
            Column("error", value: { .string($0.summary.error) }),
            Column("delivery", key: "delivery_id", value: { .integer($0.delivery.id.rawValue) }),
            .momentWithAge("received", key: "received_at", now: now) { $0.delivery.receivedAt },
            Column("endpoint", value: { .string($0.delivery.endpoint.rawValue) }),
            Column("source", value: { .string($0.delivery.source.rawValue) }),
            .optional("type", key: "event_type") { $0.delivery.eventType },
            Column("idempotency key", value: { .string($0.delivery.idempotencyKey) }),
            Column(
                "body",
                key: "body_bytes",
                value: { .integer(Int64($0.delivery.body.count)) },
                text: { "\(HumanText.count($0.delivery.body.count)) bytes" }
            ),
        ]
    }

    /// The columns of failed attempts.
    static let history: [Column<FailedAttempt>] = [
        Column("attempt", .right, value: { .integer(orNull: $0.attempt) }),
        .moment("at") { $0.at },
        .duration("took", key: "duration_seconds") { $0.duration },
        Column("error", value: { .string($0.error) }),
    ]
}

/// A dead letter as it is shown.
struct DeadLetterView: Sendable {
    let letter: DeadLetter
    /// The body, where it is shown: for people it is then all that is.
    var body: ShownBody?

    /// Writes it for people or machines.
    func write(to output: CommandOutput, now: Timestamp, _ asJSON: Bool) {
        let columns = DeadLetterColumns.letter(now: now)
        let headers = HeaderDisplay(letter.delivery.headers)
        let history = FailedAttempt.read(letter.history)
        guard !asJSON else {
            let more = [
                JSONTree.Member("headers", headers.json),
                JSONTree.Member("history", .array(history.map { DeadLetterColumns.history.object($0) })),
            ]
            return output.json(columns.object(letter).adding(more + (body.map { [.init("body", $0.json)] } ?? [])))
        }
        if let body {
            return body.write(to: output)
        }
        output.show(letter, columns, asJSON: false)
        headers.write(to: output)
        output.line("\n" + output.style("failed attempts", .bold))
        output.list(history, DeadLetterColumns.history, asJSON: false, ifEmpty: "none is recorded")
    }
}

/// A failed attempt, as a dead letter's history tells it.
struct FailedAttempt: Hashable, Sendable {
    /// Its number.
    let attempt: Int?
    /// The time of the failure.
    let at: Timestamp?
    /// The time that it took.
    let duration: Duration?
    /// The error.
    let error: String

    /// Reads a history.
    ///
    /// - Parameter json: A JSON array of objects with `attempt`, `at`, `seconds` and `error`.
    /// - Returns: The attempts in their order; none where the text is something else, as only the history would be lost.
    static func read(_ json: String) -> [FailedAttempt] {
        let entries = try? JSONDecoder().decode([Entry].self, from: Data(json.utf8))
        return (entries ?? [])
            .map { entry in
                FailedAttempt(
                    attempt: entry.attempt,
                    at: entry.at.flatMap(CalendarText.parse),
                    duration: entry.seconds.flatMap(duration),
                    error: entry.error ?? ""
                )
            }
    }

    /// Whole microseconds, which is what the database keeps.
    private static func duration(_ seconds: Double) -> Duration? {
        Int64(exactly: (seconds * 1_000_000).rounded()).map { .microseconds($0) }
    }

    private struct Entry: Decodable {
        let attempt: Int?
        let at: String?
        let seconds: Double?
        let error: String?
    }
}

/// `postroom dead-letters`: what will not be tried again by itself.
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "List, group, show, replay, discard and edit what will not be tried again by itself.",
        subcommands: [
            DeadLettersListCommand.self,
            DeadLettersGroupsCommand.self,
            DeadLettersShowCommand.self,
            DeadLettersReplayCommand.self,
            DeadLettersDiscardCommand.self,
            DeadLettersEditCommand.self,
        ]
    )

    /// The filters that replay and discard ask for.
    static let filters = "--group, --endpoint, --type, --handler, --died-of, --since, --until or --id"
}
