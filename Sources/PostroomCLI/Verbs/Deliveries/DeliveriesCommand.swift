import ArgumentParser

/// `postroom deliveries`: what was received and is kept.
struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List, show and replay what was received and is kept.",
        subcommands: [DeliveriesListCommand.self, DeliveriesShowCommand.self, DeliveriesReplayCommand.self]
    )
}
