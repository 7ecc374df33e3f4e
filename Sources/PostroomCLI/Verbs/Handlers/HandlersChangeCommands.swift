import ArgumentParser
import PostroomInbox

/// `postroom handlers pause`.
struct HandlersPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a handler's deliveries wait; every process knows within seconds."
    )

    @OptionGroup var change: HandlerChangeRun

    func run() async throws {
        try await change.run(.pause)
    }
}

/// `postroom handlers resume`.
struct HandlersResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a paused handler's deliveries run again."
    )

    @OptionGroup var change: HandlerChangeRun

    func run() async throws {
        try await change.run(.resume)
    }
}

/// `postroom handlers remove`.
struct HandlersRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Retire a handler: it gets nothing more, and its waiting retries are dropped.",
        discussion: """
            Its dead letters stay. A worker that still has the handler records it again when it starts; take it out of the \
            program first.
            """
    )

    @OptionGroup var change: HandlerChangeRun

    func run() async throws {
        try await change.run(.remove)
    }
}
