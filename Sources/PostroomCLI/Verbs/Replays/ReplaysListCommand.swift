import ArgumentParser
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
        let replays = try await inbox.withInbox { try await $0.replays(limit: limit) }
        try CommandOutput.write { output in
            let columns = ReplayColumns.all(now: .now)
            output.list(replays, columns, asJSON: list.json, ifEmpty: "there are no replays")
        }
    }
}
