import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom handlers list`.
struct HandlersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List handlers, with what they owe and their dead letters.",
        discussion: "A removed handler is listed while something of it is left."
    )

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let handlers = try await inbox.each { inbox in
            try await inbox.countFigures()
            return try await inbox.backlog(fresh: false)
        }
        try CommandOutput.write { output in
            let nothing = "there are no handlers; a worker records its own when it starts"
            handlers.list(to: output, HandlerColumns.all, asJSON: json, ifEmpty: nothing)
        }
        try handlers.check()
    }
}

/// `postroom handlers pause`.
struct HandlersPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a handler's deliveries wait; every process knows within seconds."
    )

    @Option(
        name: .long,
        help: "The reason, which 'deliveries why' and the audit tell.",
        transform: FilterText.name
    )
    var reason: String?

    @OptionGroup var change: HandlerChangeRun

    func run() async throws {
        try await change.run(.pause, because: reason)
    }
}

/// `postroom handlers resume`.
struct HandlersResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused handler's deliveries run again."
    )

    @OptionGroup var change: HandlerChangeRun

    func run() async throws {
        try await change.run(.resume)
    }
}

/// `postroom handlers remove`.
struct HandlersRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Retire a handler: it gets nothing more, and its waiting retries are dropped.",
        discussion: """
            Its dead letters stay. A worker that still has the handler records it again when it starts; take it out of the \
            program first.
            """
    )

    @OptionGroup var change: HandlerChangeRun

    func run() async throws {
        try await change.run(.remove)
    }
}

/// `postroom handlers rename`.
struct HandlersRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a handler another name, with all that it owes, its dead letters and its pause.",
        discussion: """
            A worker that still has the former name works for the new one, so that programs can be deployed before or after. A \
            program that registers the handler with 'formerly' renames it by itself. The former name stays taken.
            """
    )

    @Argument(help: "The handler's name.", transform: FilterText.name)
    var name: String

    @Argument(help: "Its new name.", transform: FilterText.name)
    var newName: String

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let (name, newName) = (HandlerName(rawValue: name), HandlerName(rawValue: newName))
        let dryRun = dryRun
        let notices = try await inbox.each { inbox in
            guard !dryRun else {
                let handler = try await HandlerLookup.active(name, in: inbox)
                try await HandlerLookup.requireFree(newName, in: inbox)
                return Self.forecast(handler, newName)
            }
            return Self.notice(name, newName, moved: try await inbox.rename(name, to: newName))
        }
        try CommandOutput.write { output in
            notices.each(output) { dryRun ? output.line($0) : output.note($0) }
        }
        try notices.check()
    }

    /// Puts into words what the rename would do.
    static func forecast(_ handler: HandlerBacklog, _ newName: HandlerName) -> String {
        let waiting = Plural.of(handler.retriesWaiting, "waiting retry", "waiting retries")
        let letters = Plural.of(handler.deadLetters, "dead letter", "dead letters")
        return "\(quoted(handler.name)) would be named \(quoted(newName)), and its \(waiting) and \(letters) with it"
    }

    /// Puts the rename into words.
    static func notice(_ name: HandlerName, _ newName: HandlerName, moved: Int) -> String {
        let things = Plural.of(moved, "job or dead letter", "jobs and dead letters")
        return "\(quoted(name)) is named \(quoted(newName)) now; \(things) moved with it"
    }

    private static func quoted(_ name: HandlerName) -> String {
        "'\(EscapedText.of(name.rawValue))'"
    }
}

/// The options and the work of verbs that change a handler.
struct HandlerChangeRun: ParsableArguments {
    @Argument(help: "The handler's name.", transform: FilterText.name)
    var name: String

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    /// Changes the handler.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that name.
    func run(_ change: HandlerChange, because reason: String? = nil) async throws {
        let name = HandlerName(rawValue: name)
        let dryRun = dryRun
        let notices = try await inbox.each { inbox in
            guard !dryRun else {
                return Self.forecast(change, try await HandlerLookup.active(name, in: inbox))
            }
            try await inbox.change(name, change, because: reason)
            return Self.notice(change, name)
        }
        try CommandOutput.write { output in
            notices.each(output) { dryRun ? output.line($0) : output.note($0) }
        }
        try notices.check()
    }

    /// Puts into words what a change would do.
    static func forecast(_ change: HandlerChange, _ handler: HandlerBacklog) -> String {
        let name = EscapedText.of(handler.name.rawValue)
        let waiting = Plural.of(handler.retriesWaiting, "waiting retry", "waiting retries")
        return switch (change, handler.isPaused) {
        case (.pause, true): "'\(name)' is paused already"
        case (.pause, false): "'\(name)' would be paused, and its \(waiting) with it"
        case (.resume, false): "'\(name)' is not paused"
        case (.resume, true): "'\(name)' would be resumed, and its \(waiting) with it"
        case (.remove, _): "'\(name)' would be removed; \(waiting) would be dropped, \(letters(handler)) would stay"
        }
    }

    /// Puts a change into words.
    static func notice(_ change: HandlerChange, _ name: HandlerName) -> String {
        let name = EscapedText.of(name.rawValue)
        return switch change {
        case .pause: "'\(name)' is paused"
        case .resume: "'\(name)' is not paused any more"
        case .remove: "'\(name)' is removed"
        }
    }

    private static func letters(_ handler: HandlerBacklog) -> String {
        Plural.of(handler.deadLetters, "dead letter", "dead letters")
    }
}

/// Finds handlers for dry runs, which have to refuse what the change itself would refuse.
enum HandlerLookup {
    /// Checks that a handler is known, if one is named.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that name, or the inbox's error.
    static func require(_ name: HandlerName?, in inbox: Inbox) async throws {
        if let name, try await inbox.backlog().allSatisfy({ $0.name != name }) {
            throw missing(name)
        }
    }

    /// Finds a handler that is not removed.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that name, or the inbox's error.
    static func active(_ name: HandlerName, in inbox: Inbox) async throws -> HandlerBacklog {
        guard let found = try await inbox.backlog().first(where: { $0.name == name && !$0.isRemoved }) else {
            throw missing(name)
        }
        return found
    }

    /// Checks that no handler has a name.
    ///
    /// - Throws: ``CommandFailure`` where one has it, or the inbox's error.
    static func requireFree(_ name: HandlerName, in inbox: Inbox) async throws {
        guard try await inbox.backlog().contains(where: { $0.name == name && !$0.isRemoved }) else { return }
        throw CommandFailure(
            .failed,
            "there is a handler named '\(EscapedText.of(name.rawValue))' already; choose another name, or remove that one first"
        )
    }

    private static func missing(_ name: HandlerName) -> CommandFailure {
        CommandFailure(
            .failed,
            """
            there is no handler named '\(EscapedText.of(name.rawValue))'; '\(ProgramContext.current.path) handlers list' \
            lists them
            """
        )
    }
}

/// The columns of handlers.
enum HandlerColumns {
    /// All that is known of a handler.
    static let all: [Column<HandlerBacklog>] = [
        Column("name", widest: 40, value: { .string($0.name.rawValue) }),
        Column("state", value: { .string(state(of: $0)) }, style: { style(ofState: state(of: $0)) }),
        Column("kind", value: { .string($0.kind) }),
        Column("patterns", widest: 60, value: { .array($0.patterns.map { .string($0) }) }),
        .count("waiting", key: "retries_waiting") { $0.retriesWaiting },
        .count("due", key: "retries_due") { $0.retriesDue },
        .count("in flight", key: "retries_in_flight") { $0.retriesInFlight },
        .moment("next due", key: "next_due_at") { $0.nextDueAt },
        .moment("oldest", key: "oldest_received_at") { $0.oldestReceivedAt },
        Column(
            "dead letters",
            .right,
            value: { .integer(Int64($0.deadLetters)) },
            text: { HumanText.count($0.deadLetters) },
            style: { $0.deadLetters > 0 ? .red : nil }
        ),
        .moment("last died", key: "last_died_at") { $0.lastDiedAt },
        Column("limits", value: { LimitDisplay.json($0.limits) }, text: { LimitDisplay.words($0.limits) }),
        .moment("busy until", key: "busy_until") { $0.limits.busyUntil },
    ]

    /// The state of a handler: `active`, `paused`, `removed`, `orphaned` where no worker has it, `busy` where it said so, or
    /// `slowed` where it fails all the time.
    static func state(of handler: HandlerBacklog) -> String {
        if handler.isRemoved {
            return "removed"
        }
        if handler.isPaused {
            return "paused"
        }
        if handler.isOrphaned {
            return "orphaned"
        }
        return handler.limits.busyUntil != nil ? "busy" : handler.isSlowed ? "slowed" : "active"
    }

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "paused", "busy", "slowed": .yellow
        case "orphaned": .red
        case "removed": .dim
        default: nil
        }
    }
}

/// `postroom handlers`: the handlers that the database knows.
struct HandlersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handlers",
        abstract: "List, pause, resume, rename and remove handlers, and let parked keys go on.",
        subcommands: [
            HandlersListCommand.self,
            HandlersPauseCommand.self,
            HandlersResumeCommand.self,
            HandlersRenameCommand.self,
            HandlersRemoveCommand.self,
            HandlersKeysCommand.self,
        ]
    )
}
