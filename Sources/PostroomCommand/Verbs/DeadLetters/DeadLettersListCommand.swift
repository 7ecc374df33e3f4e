import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom dead-letters list`.
struct DeadLettersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List dead letters, newest first.")

    @OptionGroup(title: "Filters") var filters: DeadLetterFilterOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let now = Timestamp.now
        let filter = filters.filter(now: now)
        let limit = list.limit
        let letters = try await inbox.withInbox { try await $0.deadLetters(filter, limit: limit) }
        try CommandOutput.write { output in
            let columns = DeadLetterColumns.summary(now: now)
            output.list(letters, columns, asJSON: list.json, ifEmpty: "no dead letter matches")
        }
    }
}
