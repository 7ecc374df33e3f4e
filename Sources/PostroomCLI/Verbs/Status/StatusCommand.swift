import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what waits, what runs, what is owed and what died, on one screen."
    )

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let report = try await inbox.withInbox { try await StatusReport(reading: $0) }
        try CommandOutput.write { report.write(to: $0, now: .now, asJSON: json) }
    }
}
