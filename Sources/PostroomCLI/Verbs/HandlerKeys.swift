import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom handlers keys`.
struct HandlersKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List the keys of ordered handlers that a dead letter parks, or let some go on.",
        discussion: """
            To replay or discard the letter lets its key go on too. A key that is released goes on without its letter, which \
            stays.
            """
    )

    @Argument(help: "The handler's name; all handlers unless it is given.", transform: FilterText.name)
    var name: String?

    @Option(name: .long, help: "Let this key go on although its dead letter stays.")
    var release: String?

    @Flag(name: .long, help: "Let every parked key of the handler go on.")
    var all = false

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    /// The most keys that are listed.
    private static let most = 1_000

    func validate() throws {
        if (release != nil || all) && name == nil {
            throw ValidationError("name the handler whose keys are to go on")
        }
        if release != nil && all {
            throw ValidationError("--release names one key, and --all means every one: give one of them")
        }
        if dryRun && release == nil && !all {
            throw ValidationError("--dry-run goes with --release or --all")
        }
    }

    func run() async throws {
        let handler = name.map { HandlerName(rawValue: $0) }
        guard let handler, release != nil || all else {
            return try await list(handler)
        }
        let (key, dryRun) = (release, dryRun)
        let count = try await inbox.withInbox { inbox in
            guard dryRun else { return try await inbox.releaseKeys(of: handler, key: key) }
            try await HandlerLookup.require(handler, in: inbox)
            return try await inbox.parkedKeys(of: handler, most: Self.most).count { key == nil || $0.key == key }
        }
        let keys = Plural.of(count, "parked key", "parked keys")
        let name = EscapedText.of(handler.rawValue)
        try CommandOutput.write { output in
            dryRun ? output.line("\(keys) of '\(name)' would go on") : output.note("\(keys) of '\(name)' go on")
        }
    }

    private func list(_ handler: HandlerName?) async throws {
        let keys = try await inbox.withInbox { inbox in
            try await HandlerLookup.require(handler, in: inbox)
            return try await inbox.parkedKeys(of: handler, most: Self.most)
        }
        try CommandOutput.write { output in
            output.list(keys, ParkedKeyColumns.all, asJSON: json, ifEmpty: "no key is parked")
        }
    }
}

/// The columns of parked keys.
enum ParkedKeyColumns {
    /// All that is known of a parked key.
    static let all: [Column<ParkedKey>] = [
        Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
        Column("key", widest: 60, value: { .string($0.key) }),
        .count("waiting", key: "waiting") { $0.waiting },
        Column("dead letter", .right, value: { .integer($0.deadLetter) }),
        Column("delivery", .right, value: { .integer($0.delivery.rawValue) }),
        .moment("died", key: "died_at") { $0.diedAt },
        Column("reason", value: { .string($0.reason) }),
        Column("error", widest: 60, value: { .string($0.error) }),
    ]
}
