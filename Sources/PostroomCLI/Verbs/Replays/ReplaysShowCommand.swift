import ArgumentParser
import PostroomInbox

/// `postroom replays show`.
struct ReplaysShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how far a replay is."
    )

    @Argument(help: "The replay's number.")
    var id: Int64

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let id = id
        guard let replay = try await inbox.withInbox({ try await $0.replays(id: id, limit: 1) }).first else {
            throw ReplayChangeRun.missing(id)
        }
        try CommandOutput.write { $0.show(replay, ReplayColumns.item(now: .now), asJSON: json) }
    }
}
