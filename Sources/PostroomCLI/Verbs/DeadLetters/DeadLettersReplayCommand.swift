import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom dead-letters replay`.
struct DeadLettersReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Put dead letters through their handlers again, at the inbox's pace."
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
            return try await DeadLetterDryRun.write(filter, inbox, "would be replayed")
        }
        let everything = action.all
        let replay = try await inbox.withInbox { inbox in
            try await inbox.replayDeadLetters(filter, everything: everything)
        }
        try ReplayNotice.write(replay)
    }
}
