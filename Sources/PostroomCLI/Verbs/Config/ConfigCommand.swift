import ArgumentParser

/// `postroom config`: what the program is told.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the configuration.",
        subcommands: [ConfigCheckCommand.self]
    )
}
