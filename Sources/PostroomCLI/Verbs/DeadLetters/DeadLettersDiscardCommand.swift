import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom dead-letters discard`.
struct DeadLettersDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Delete dead letters for good.",
        discussion: "Nothing is asked; see first with --dry-run how many would go."
    )

    @OptionGroup(title: "Filters") var filters: DeadLetterFilterOptions
    @OptionGroup var action: ActionOptions
    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        try action.checkScope(isFiltered: !filters.isEmpty, "dead letters", DeadLettersCommand.filters)
    }

    func run() async throws {
        let filter = filters.filter(now: .now)
        guard !action.dryRun else {
            return try await DeadLetterDryRun.write(filter, inbox, "would be discarded")
        }
        let everything = action.all
        let discarded = try await inbox.withInbox { inbox in
            try await inbox.discardDeadLetters(filter, everything: everything)
        }
        try CommandOutput.write { $0.line("discarded " + Plural.of(discarded, "dead letter", "dead letters")) }
    }
}
