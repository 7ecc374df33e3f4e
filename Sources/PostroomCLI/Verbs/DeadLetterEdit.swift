import ArgumentParser
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomInbox
import PostroomSources

/// `postroom dead-letters edit`.
struct DeadLettersEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Give a dead letter's handler the delivery with another body.",
        discussion: """
            The body becomes a new delivery that names its origin and that this handler alone gets; the letter is closed in the \
            same transaction. It is off unless the configuration says dead-letters: {edit: true}, and the audit keeps the reason \
            and the difference, without sensitive values.
            """
    )

    @Argument(help: "The dead letter's id, as the list has it.")
    var id: Int64

    @Option(name: .long, help: ArgumentHelp("The new body; - reads standard input.", valueName: "file"))
    var body: String

    @Option(name: .long, help: "Your reason, which the audit keeps.", transform: FilterText.name)
    var reason: String

    @Flag(name: .long, help: "Change nothing; say what would be different.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    private static let longestBody = 64 << 20

    func run() async throws {
        let configuration = try inbox.common.load().configuration
        guard configuration.deadLetters.edit else {
            throw CommandFailure(
                .failed,
                "nobody may edit dead letters here: set dead-letters.edit to true where somebody may, and see the guide"
            )
        }
        let (id, reason, dryRun) = (id, reason, dryRun)
        let replacement = try read()
        let outcome = try await inbox.withInbox { inbox -> (difference: BodyDifference, successor: DeliveryID?) in
            guard let letter = try await inbox.deadLetter(id) else {
                // The refusal says what became of it.
                _ = try await inbox.editDeadLetter(id, body: replacement, because: reason, difference: "null")
                throw CommandFailure(.failed, "there is no dead letter \(id)")
            }
            let difference = BodyDifference(
                from: letter.delivery.body,
                to: replacement,
                source: letter.delivery.source,
                sources: ProgramContext.current.sources
            )
            guard !dryRun else { return (difference, nil) }
            let json = String(decoding: difference.json.line, as: UTF8.self)
            return (
                difference,
                try await inbox.editDeadLetter(id, body: replacement, because: reason, difference: json)
            )
        }
        try CommandOutput.write { output in
            output.line(EscapedText.of(outcome.difference.words))
            if let successor = outcome.successor {
                output.line("delivery \(successor)")
                output.note("follow it with '\(ProgramContext.current.path) deliveries why \(successor)'")
            }
        }
    }

    private func read() throws -> [UInt8] {
        do {
            return try BoundedFile(reading: body == "-" ? "/dev/stdin" : body, limit: Self.longestBody).bytes
        } catch {
            throw CommandFailure(.usage, "\(body) can't be read: \(error.reason)")
        }
    }
}

/// The difference of two bodies, without sensitive values: where they begin to differ, what was there, and what is now.
struct BodyDifference: Hashable, Sendable {
    /// The number of bytes before which they are the same.
    let offset: Int
    /// The bytes that are gone, as they are shown.
    let removed: String
    /// The bytes that are new, as they are shown.
    let added: String
    /// True where only what is not shown differs.
    let isHidden: Bool

    /// The most bytes of each side that are kept.
    private static let longest = 2000

    /// Compares two bodies of one source.
    init(from old: [UInt8], to new: [UInt8], source: Source, sources: SourceRegistry) {
        let before = sources.redacted(body: old, source: source).bytes
        let after = sources.redacted(body: new, source: source).bytes
        let start = zip(before, after).prefix { $0 == $1 }.count
        let rest = min(before.count, after.count) - start
        let end = zip(before.reversed(), after.reversed()).prefix(rest).prefix { $0 == $1 }.count
        self.offset = start
        self.removed = Self.text(before[start..<(before.count - end)])
        self.added = Self.text(after[start..<(after.count - end)])
        self.isHidden = before == after
    }

    /// The difference in words.
    var words: String {
        guard !isHidden else { return "only values that are not shown differ" }
        return "at byte \(offset): \(removed.isEmpty ? "nothing" : "'\(removed)'") becomes "
            + (added.isEmpty ? "nothing" : "'\(added)'")
    }

    /// The difference for the audit.
    var json: JSONTree {
        guard !isHidden else { return .object([JSONTree.Member("hidden", .boolean(true))]) }
        return .object([
            JSONTree.Member("offset", .integer(Int64(offset))),
            JSONTree.Member("removed", .string(removed)),
            JSONTree.Member("added", .string(added)),
        ])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        // A database that holds the audit as JSON takes no zero character.
        String(decoding: bytes.prefix(longest), as: UTF8.self).replacing("\0", with: "\u{FFFD}")
            + (bytes.count > longest ? "…" : "")
    }
}
