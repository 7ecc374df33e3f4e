import ArgumentParser
import FoundationEssentials
import PostroomCore
import PostroomInbox

/// `postroom replays list`.
struct ReplaysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List replays, newest first, those that have ended included."
    )

    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let limit = list.limit
        let replays = try await inbox.each { try await $0.replays(limit: limit) }
        try CommandOutput.write { output in
            let columns = list.json ? ReplayColumns.all(now: .now) : ReplayColumns.table(now: .now)
            replays.list(to: output, columns, asJSON: list.json, ifEmpty: "there are no replays")
        }
        try replays.check()
    }
}

/// `postroom replays show`.
struct ReplaysShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how far a replay is, and what became of its jobs."
    )

    @Argument(help: "The replay's number.")
    var id: Int64

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let id = id
        let found = try await inbox.withInbox(of: ServerNumber.of(id: id)) { inbox in
            (replay: try await inbox.replays(id: id, limit: 1).first, report: try await inbox.replayResults(id))
        }
        guard let replay = found.replay, let report = found.report.map(ReplayReportView.init) else {
            throw ReplayChangeRun.missing(id)
        }
        try CommandOutput.write { output in
            let columns = ReplayColumns.item(now: .now)
            guard !json else { return output.json(columns.object(replay).adding([.init("report", report.json)])) }
            output.show(replay, columns, asJSON: false)
            report.write(to: output)
        }
    }
}

/// `postroom replays pause`.
struct ReplaysPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pause", abstract: "Let a replay wait.")

    @OptionGroup var change: ReplayChangeRun

    func run() async throws {
        try await change.run(.pause)
    }
}

/// `postroom replays resume`.
struct ReplaysResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused replay go on.",
        discussion: "One that paused itself goes on without its rule: whoever resumes it has mended the cause."
    )

    @OptionGroup var change: ReplayChangeRun

    func run() async throws {
        try await change.run(.resume)
    }
}

/// `postroom replays rate`.
struct ReplaysRateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Change how many jobs a replay moves in a second."
    )

    @Argument(help: "The replay's number.")
    var id: Int64

    @Argument(help: "The most jobs in a second.")
    var rate: Int

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        try OptionRange.check("RATE", rate, 1...1_000_000)
    }

    func run() async throws {
        let (id, rate, dryRun) = (id, rate, dryRun)
        let state = try await inbox.withInbox(of: ServerNumber.of(id: id)) { inbox -> String? in
            dryRun
                ? try await inbox.replays(id: id, limit: 1).first?.state
                : try await inbox.change(replay: id, rate: rate)
        }
        guard let state else { throw ReplayChangeRun.missing(id) }
        guard state == "running" || state == "paused" else {
            throw CommandFailure(.failed, "replay \(id) is \(EscapedText.of(state)), and moves nothing any more")
        }
        try CommandOutput.write { output in
            let verb = dryRun ? "would move" : "moves"
            let notice = "replay \(id) \(verb) at most \(Plural.of(rate, "job", "jobs")) a second"
            dryRun ? output.line(notice) : output.note(notice)
        }
    }
}

/// `postroom replays cancel`.
struct ReplaysCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a replay; what was moved stays moved."
    )

    @OptionGroup var change: ReplayChangeRun

    func run() async throws {
        try await change.run(.cancel)
    }
}

/// The options and the work of verbs that change a replay.
struct ReplayChangeRun: ParsableArguments {
    @Argument(help: "The replay's number.")
    var id: Int64

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    /// Changes the replay.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that number, or it has ended.
    func run(_ change: ReplayChange) async throws {
        let id = id
        let dryRun = dryRun
        let state = try await inbox.withInbox(of: ServerNumber.of(id: id)) { inbox -> String? in
            dryRun
                ? try await inbox.replays(id: id, limit: 1).first?.state
                : try await inbox.change(replay: id, change)
        }
        let notice = try Self.notice(id, change, state: state, isDryRun: dryRun)
        try CommandOutput.write { output in
            dryRun ? output.line(notice) : output.note(notice)
        }
    }

    /// Puts a change into words.
    ///
    /// - Parameters:
    ///   - id: The replay.
    ///   - change: The change that was asked for.
    ///   - state: The state that it has, before a dry run or after a change; `nil` where there is no such replay.
    ///   - isDryRun: True where nothing was changed.
    /// - Returns: One line.
    /// - Throws: ``CommandFailure`` where it was not or could not be changed.
    static func notice(_ id: Int64, _ change: ReplayChange, state: String?, isDryRun: Bool) throws -> String {
        guard let state else { throw missing(id) }
        guard state == change.rawValue || (isDryRun && isOpen(state)) else {
            throw CommandFailure(.failed, "replay \(id) is \(EscapedText.of(state)), and stays so")
        }
        guard isDryRun else { return "replay \(id) is \(state)" }
        return state == change.rawValue
            ? "replay \(id) is \(state) already" : "replay \(id), now \(state), would be \(change.rawValue)"
    }

    /// The failure where there is no such replay.
    static func missing(_ id: Int64) -> CommandFailure {
        CommandFailure(
            .failed,
            "there is no replay \(id); '\(ProgramContext.current.path) replays list' lists them"
        )
    }

    private static func isOpen(_ state: String) -> Bool {
        state == "running" || state == "paused"
    }
}

/// The columns of replays.
enum ReplayColumns {
    /// All that is known of a replay.
    static func all(now: Timestamp) -> [Column<ReplaySummary>] {
        [
            Column("id", value: { .integer($0.id) }),
            Column("kind", value: { .string($0.kind) }),
            Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
            Column("of", key: "expected", .right, value: { .integer(orNull: $0.expected) }),
            .count("moved") { $0.moved },
            .count("looked at", key: "looked") { $0.looked },
            .moment("requested", key: "requested_at") { $0.requestedAt },
            .age(now: now) { $0.requestedAt },
            Column("by", key: "requested_by", widest: 24, value: { .string($0.requestedBy) }),
            .moment("finished", key: "finished_at") { $0.finishedAt },
            Column(
                "filter",
                value: { ReplayFilterText(reading: $0.filter).json },
                text: { ReplayFilterText(reading: $0.filter).words }
            ),
            .count("rate") { $0.rate },
            .count("canary") { $0.canary },
            Column(
                "stops if",
                key: "stop_percent",
                value: { .integer(orNull: $0.stopPercent) },
                text: { $0.stopPercent.map { "failed>\($0)%" } ?? "–" }
            ),
            .optional("to handler", widest: 40) { $0.toHandler?.rawValue },
            .optional("reason", widest: 60) { $0.reason },
            .optional("note", widest: 100) { $0.note },
        ]
    }

    /// The columns of a table, which has no room for all.
    static func table(now: Timestamp) -> [Column<ReplaySummary>] {
        all(now: now).filter { !["rate", "canary", "stop_percent", "to_handler"].contains($0.key) }
    }

    /// The same for a single replay, whose time of request has its age beside it.
    static func item(now: Timestamp) -> [Column<ReplaySummary>] {
        all(now: now)
            .compactMap { column in
                switch column.key {
                case "requested_at": .momentWithAge("requested", key: "requested_at", now: now) { $0.requestedAt }
                case "age": nil
                default: column
                }
            }
    }

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "running": .green
        case "paused": .yellow
        default: .dim
        }
    }
}

/// The filter of a replay, as it is shown.
struct ReplayFilterText: Sendable {
    private static let shownIDs = 5

    private let filter: Filter?

    /// Reads the filter of a replay, which is a JSON object.
    init(reading json: String) {
        self.filter = try? JSONDecoder().decode(Filter.self, from: Data(json.utf8))
    }

    /// The filter in words, as options of the command line: `--handler crm.sync --since 2026-05-31T00:00:00Z`.
    var words: String {
        guard let filter else { return "?" }
        var words = filter.names.compactMap { name, value in value.map { "--\(name) \($0)" } }
        words += [("since", filter.since), ("until", filter.until)]
            .compactMap { name, value in
                value.map { "--\(name) \(CalendarText.parse($0).map(MomentDisplay.toTheSecond) ?? $0)" }
            }
        let ids = filter.ids ?? []
        words += ids.prefix(Self.shownIDs).map { "--id \($0)" }
        if ids.count > Self.shownIDs {
            words.append("and \(Plural.of(ids.count - Self.shownIDs, "other", "others"))")
        }
        return words.isEmpty ? "everything" : words.joined(separator: " ")
    }

    /// The filter for machines: every key, with `null` where nothing was said.
    var json: JSONTree {
        guard let filter else { return .null }
        func moment(_ text: String?) -> JSONTree {
            .string(orNull: text.map { CalendarText.parse($0)?.description ?? $0 })
        }
        return .object([
            JSONTree.Member("endpoint", .string(orNull: filter.endpoint)),
            JSONTree.Member("event_type", .string(orNull: filter.eventType)),
            JSONTree.Member("handler", .string(orNull: filter.handler)),
            JSONTree.Member("fingerprint", .string(orNull: filter.fingerprint)),
            JSONTree.Member("died_of", .string(orNull: filter.diedOf)),
            JSONTree.Member("since", moment(filter.since)),
            JSONTree.Member("until", moment(filter.until)),
            JSONTree.Member("ids", filter.ids.map { .array($0.map { .integer($0) }) } ?? .null),
        ])
    }

    private struct Filter: Decodable {
        let ids: [Int64]?
        let endpoint: String?
        let eventType: String?
        let handler: String?
        let fingerprint: String?
        let diedOf: String?
        let since: String?
        let until: String?

        var names: [(String, String?)] {
            let group = handler.flatMap { handler in fingerprint.map { "\(handler)/\($0)" } }
            return [
                ("group", group), ("endpoint", endpoint), ("type", eventType),
                ("handler", group == nil ? handler : nil),
                ("died-of", diedOf),
            ]
        }

        enum CodingKeys: String, CodingKey {
            case ids, endpoint, handler, fingerprint, since, until
            case diedOf = "died_of"
            case eventType = "event_type"
        }
    }
}

/// The notice to a person who asked for a replay.
enum ReplayNotice {
    /// Writes the replay's number, and how to follow it.
    static func write(_ replay: Int64) throws {
        try CommandOutput.write { output in
            output.line("replay \(replay)")
            output.note("follow it with '\(ProgramContext.current.path) replays show \(replay)'")
        }
    }
}

/// `postroom replays`: what was asked to go through handlers again.
struct ReplaysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replays",
        abstract: "List, show, pause, resume, pace and cancel replays.",
        discussion: "Start one with 'dead-letters replay' or 'deliveries replay'.",
        subcommands: [
            ReplaysListCommand.self,
            ReplaysShowCommand.self,
            ReplaysPauseCommand.self,
            ReplaysResumeCommand.self,
            ReplaysRateCommand.self,
            ReplaysCancelCommand.self,
        ]
    )
}
