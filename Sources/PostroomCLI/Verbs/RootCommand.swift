import ArgumentParser

/// The command line: a verb, or a noun and a verb.
struct RootCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: ProgramContext.current.name,
            abstract: "A durable webhook inbox and fan-out worker for Postgres.",
            version: Version.current,
            subcommands: [
                DevCommand.self,
                ServeCommand.self,
                MigrateCommand.self,
                SendCommand.self,
                DecodeCommand.self,
                StatusCommand.self,
                DoctorCommand.self,
                SourcesCommand.self,
                DeliveriesCommand.self,
                DeadLettersCommand.self,
                ReplaysCommand.self,
                HandlersCommand.self,
                ConfigCommand.self,
            ] + ProgramContext.current.verbs
        )
    }
}

/// The version of the program.
enum Version {
    /// As `--version`, the metrics and the documentation say it.
    static let current = "0.1.0"
}
