import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom deliveries cancel`.
struct DeliveriesCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Take back what was enqueued for later and is not due yet.",
        discussion: """
            What is due is a delivery already, and stays. The view postroom.scheduled_delivery lists what waits.
            """
    )

    @Argument(help: "The idempotency key that it was enqueued with.")
    var key: String

    @Option(name: .long, help: "Its endpoint, where several have something under that key.")
    var endpoint: String?

    @Flag(name: .long, help: "Only tell what would be taken back.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let (key, dryRun) = (key, dryRun)
        let endpoint = endpoint.map(EndpointName.init(rawValue:))
        let found = try await inbox.withInbox { inbox in
            try await inbox.cancelScheduled(key, endpoint: endpoint, checkOnly: dryRun)
        }
        guard let event = found.first else {
            throw CommandFailure(
                .failed,
                "nothing waits under the key '\(EscapedText.of(key))'; it may be a delivery already, or was cancelled"
            )
        }
        guard found.count == 1 else {
            let names = found.map { "'\(EscapedText.of($0.endpoint.rawValue))'" }.joined(separator: ", ")
            throw CommandFailure(.failed, "several endpoints have it; choose one of \(names) with --endpoint")
        }
        guard dryRun || event.isCancelled else {
            throw CommandFailure(.failed, "it came to be due meanwhile, and is a delivery now")
        }
        try CommandOutput.write { output in
            output.line(
                dryRun ? "what is due at \(event.dueAt) would be cancelled" : "cancelled; it was due at \(event.dueAt)"
            )
        }
    }
}
