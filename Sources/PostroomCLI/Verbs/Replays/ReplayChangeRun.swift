import ArgumentParser
import PostroomCore
import PostroomInbox

/// What the verbs take and do that change a replay.
struct ReplayChangeRun: ParsableArguments {
    @Argument(help: "The replay's number.")
    var id: Int64

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    /// Changes the replay.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that number, or it has ended.
    func run(_ change: ReplayChange) async throws {
        let id = id
        let dryRun = dryRun
        let state = try await inbox.withInbox { inbox -> String? in
            dryRun
                ? try await inbox.replays(id: id, limit: 1).first?.state
                : try await inbox.change(replay: id, change)
        }
        let notice = try Self.notice(id, change, state: state, isDryRun: dryRun)
        try CommandOutput.write { output in
            dryRun ? output.line(notice) : output.note(notice)
        }
    }

    /// What a person is told.
    ///
    /// - Parameters:
    ///   - id: The replay.
    ///   - change: What was asked for.
    ///   - state: The state that it has, before a dry run or after a change; `nil` where there is no such replay.
    ///   - isDryRun: Whether nothing was changed.
    /// - Returns: One line.
    /// - Throws: ``CommandFailure`` where it was not or could not be changed.
    static func notice(_ id: Int64, _ change: ReplayChange, state: String?, isDryRun: Bool) throws -> String {
        guard let state else { throw missing(id) }
        guard state == change.rawValue || (isDryRun && isOpen(state)) else {
            throw CommandFailure(.failed, "replay \(id) is \(EscapedText.of(state)), and stays so")
        }
        guard isDryRun else { return "replay \(id) is \(state)" }
        return state == change.rawValue
            ? "replay \(id) is \(state) already" : "replay \(id), now \(state), would be \(change.rawValue)"
    }

    /// That there is no such replay.
    static func missing(_ id: Int64) -> CommandFailure {
        CommandFailure(
            .failed,
            "there is no replay \(id); '\(ProgramContext.current.path) replays list' lists them"
        )
    }

    private static func isOpen(_ state: String) -> Bool {
        state == "running" || state == "paused"
    }
}
