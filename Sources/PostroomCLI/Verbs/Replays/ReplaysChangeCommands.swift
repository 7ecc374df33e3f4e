import ArgumentParser
import PostroomInbox

/// `postroom replays pause`.
struct ReplaysPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pause", abstract: "Let a replay wait.")

    @OptionGroup var change: ReplayChangeRun

    func run() async throws {
        try await change.run(.pause)
    }
}

/// `postroom replays resume`.
struct ReplaysResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a paused replay go on.")

    @OptionGroup var change: ReplayChangeRun

    func run() async throws {
        try await change.run(.resume)
    }
}

/// `postroom replays cancel`.
struct ReplaysCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a replay; what was moved stays moved."
    )

    @OptionGroup var change: ReplayChangeRun

    func run() async throws {
        try await change.run(.cancel)
    }
}
