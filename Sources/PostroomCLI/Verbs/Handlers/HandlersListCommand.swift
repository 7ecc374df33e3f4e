import ArgumentParser
import PostroomInbox

/// `postroom handlers list`.
struct HandlersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List handlers, with what they owe and their dead letters.",
        discussion: "A removed handler is listed while something of it is left."
    )

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let handlers = try await inbox.withInbox { try await $0.backlog() }
        try CommandOutput.write { output in
            let nothing = "there are no handlers; a worker records its own when it starts"
            output.list(handlers, HandlerColumns.all, asJSON: json, ifEmpty: nothing)
        }
    }
}
