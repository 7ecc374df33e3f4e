import ArgumentParser

/// `postroom dead-letters`: what will not be tried again by itself.
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "List, show, replay and discard what will not be tried again by itself.",
        subcommands: [
            DeadLettersListCommand.self,
            DeadLettersShowCommand.self,
            DeadLettersReplayCommand.self,
            DeadLettersDiscardCommand.self,
        ]
    )

    /// The filters that replay and discard ask for.
    static let filters = "--endpoint, --type, --handler, --reason, --since, --until or --id"
}
