import ArgumentParser

/// `postroom replays`: what was asked to go through handlers again.
struct ReplaysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replays",
        abstract: "List, show, pause, resume and cancel replays.",
        discussion: "Start one with 'dead-letters replay' or 'deliveries replay'.",
        subcommands: [
            ReplaysListCommand.self,
            ReplaysShowCommand.self,
            ReplaysPauseCommand.self,
            ReplaysResumeCommand.self,
            ReplaysCancelCommand.self,
        ]
    )
}
