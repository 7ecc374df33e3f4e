import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom dead-letters groups`.
struct DeadLettersGroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "List dead letters by handler and cause, the largest group first.",
        discussion: """
            Errors that differ only in numbers and identities are one cause. Types and endpoints are those of the newest \
            hundred letters. With --group and --note a note about the group is kept, which everybody sees here; an empty one \
            deletes it.
            """
    )

    @Option(name: .long, help: "Only groups of this handler.", transform: FilterText.name)
    var handler: String?

    @Option(name: .long, help: "Only this group, HANDLER/FINGERPRINT.", transform: LetterGroupName.argument)
    var group: LetterGroupName?

    @Option(name: .long, help: "Keep this note about the group.")
    var note: String?

    @Flag(name: .long, help: "Change nothing; say which note would be kept.")
    var dryRun = false

    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        guard note == nil || group != nil else {
            throw ValidationError("--note is about one group; name it with --group")
        }
    }

    func run() async throws {
        let (group, note, limit) = (group, note, list.limit)
        let handler = group?.handler ?? handler.map(HandlerName.init(rawValue:))
        if dryRun, let note, let group {
            return try CommandOutput.write { $0.line("\(group) would have the note: \(EscapedText.of(note))") }
        }
        let groups = try await inbox.each { inbox in
            try await HandlerLookup.require(handler, in: inbox)
            if let note, let group {
                try await inbox.note(note, on: group.handler, group.fingerprint)
            }
            try await inbox.countFigures()
            return try await inbox.letterGroups(handler: handler, fingerprint: group?.fingerprint, limit: limit)
        }
        try CommandOutput.write { output in
            groups.list(to: output, LetterGroupColumns.all, asJSON: list.json, ifEmpty: "there are no dead letters")
        }
        try groups.check()
    }
}

/// The columns of groups of dead letters.
enum LetterGroupColumns {
    /// All that is known of a group.
    static let all: [Column<LetterGroup>] = [
        Column("group", widest: 60, value: { .string("\($0.handler)/\($0.fingerprint)") }),
        .count("letters") { $0.letters },
        Column("died of", value: { .string($0.diedOf) }),
        .moment("first", key: "first_died_at") { $0.firstDiedAt },
        .moment("last", key: "last_died_at") { $0.lastDiedAt },
        Column("types", widest: 40, value: { .array($0.types.map { .string($0) }) }),
        Column("endpoints", widest: 32, value: { .array($0.endpoints.map { .string($0) }) }),
        Column("sample", .right, value: { .integer($0.sample) }),
        .optional("error", widest: 80) { $0.error },
        .optional("note", widest: 60) { $0.note },
        .optional("by", key: "author", widest: 24) { $0.author },
    ]

    /// The columns that `status` has room for.
    static let short = all.filter { ["group", "letters", "last_died_at", "error", "note"].contains($0.key) }
}
