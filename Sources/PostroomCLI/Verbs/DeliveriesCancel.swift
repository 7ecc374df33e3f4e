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
        let answers = try await cancel(endpoint.map(EndpointName.init(rawValue:)))
        let found = answers.values.flatMap(\.self)
        guard let event = found.first else {
            // One that was not reached may have it.
            try answers.check()
            throw CommandFailure(
                .failed,
                "nothing waits under the key '\(EscapedText.of(key))'; it may be a delivery already, or was cancelled"
            )
        }
        let endpoints = Set(found.map(\.endpoint.rawValue))
        guard endpoints.count == 1 else {
            let names = endpoints.sorted().map { "'\(EscapedText.of($0))'" }.joined(separator: ", ")
            throw CommandFailure(.failed, "several endpoints have it; choose one of \(names) with --endpoint")
        }
        guard dryRun || found.contains(where: \.isCancelled) else {
            throw CommandFailure(.failed, "it came to be due meanwhile, and is a delivery now")
        }
        try CommandOutput.write { output in
            output.line(
                dryRun ? "what is due at \(event.dueAt) would be cancelled" : "cancelled; it was due at \(event.dueAt)"
            )
        }
        try answers.check()
    }

    /// Takes it back, or only looks; where several endpoints have it, on whichever servers, nothing is taken back.
    private func cancel(_ endpoint: EndpointName?) async throws -> ServerAnswers<[Cancellation]> {
        let (key, dryRun) = (key, dryRun)
        let found = try await inbox.each { inbox in
            // Another server may have something of another endpoint under the key.
            let looksOnly = dryRun || (endpoint == nil && inbox.number != nil)
            return try await inbox.cancelScheduled(key, endpoint: endpoint, checkOnly: looksOnly)
        }
        let endpoints = Set(found.values.joined().map(\.endpoint))
        guard !dryRun, endpoint == nil, endpoints.count == 1, found.answers.contains(where: { $0.number != nil }) else {
            return found
        }
        try found.check()
        return try await inbox.each { inbox in
            try await inbox.cancelScheduled(key, endpoint: endpoints.first, checkOnly: false)
        }
    }
}
