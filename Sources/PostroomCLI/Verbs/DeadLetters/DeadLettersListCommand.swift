import ArgumentParser
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

    @Option(name: .long, help: ArgumentHelp("Only dead letters with lower numbers than this.", valueName: "id"))
    var before: Int64?

    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let now = Timestamp.now
        let filter = filters.filter(now: now)
        let limit = list.limit
        let before = before
        let listing = try await inbox.withInbox { try await $0.deadLetters(filter, below: before, limit: limit) }
        try CommandOutput.write { output in
            let columns = DeadLetterColumns.summary(now: now)
            output.list(listing.found, columns, asJSON: list.json, ifEmpty: "no dead letter matches")
        }
        try SearchNotice.check(listing, limit: limit, "dead letters")
    }
}
