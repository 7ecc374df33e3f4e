import ArgumentParser

/// `postroom handlers`: the handlers that the database knows.
struct HandlersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handlers",
        abstract: "List, pause, resume and remove handlers.",
        subcommands: [
            HandlersListCommand.self,
            HandlersPauseCommand.self,
            HandlersResumeCommand.self,
            HandlersRemoveCommand.self,
        ]
    )
}
