import ArgumentParser
import PostroomCore
import PostroomInbox

/// What the verbs take and do that change a handler.
struct HandlerChangeRun: ParsableArguments {
    @Argument(help: "The handler's name.", transform: FilterText.name)
    var name: String

    @Flag(name: .long, help: "Change nothing; say what would be changed.")
    var dryRun = false

    @OptionGroup var inbox: InboxOptions

    /// Changes the handler.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that name.
    func run(_ change: HandlerChange) async throws {
        let name = HandlerName(rawValue: name)
        let dryRun = dryRun
        let notice = try await inbox.withInbox { inbox in
            guard !dryRun else {
                return Self.forecast(change, try await HandlerLookup.active(name, in: inbox))
            }
            try await inbox.change(name, change)
            return Self.notice(change, name)
        }
        try CommandOutput.write { output in
            dryRun ? output.line(notice) : output.note(notice)
        }
    }

    /// What a dry run says.
    static func forecast(_ change: HandlerChange, _ handler: HandlerBacklog) -> String {
        let name = EscapedText.of(handler.name.rawValue)
        let waiting = Plural.of(handler.retriesWaiting, "waiting retry", "waiting retries")
        return switch (change, handler.isPaused) {
        case (.pause, true): "'\(name)' is paused already"
        case (.pause, false): "'\(name)' would be paused, and its \(waiting) with it"
        case (.resume, false): "'\(name)' is not paused"
        case (.resume, true): "'\(name)' would be resumed, and its \(waiting) with it"
        case (.remove, _): "'\(name)' would be removed; \(waiting) would be dropped, \(letters(handler)) would stay"
        }
    }

    /// What is said of a change.
    static func notice(_ change: HandlerChange, _ name: HandlerName) -> String {
        let name = EscapedText.of(name.rawValue)
        return switch change {
        case .pause: "'\(name)' is paused"
        case .resume: "'\(name)' is not paused any more"
        case .remove: "'\(name)' is removed"
        }
    }

    private static func letters(_ handler: HandlerBacklog) -> String {
        Plural.of(handler.deadLetters, "dead letter", "dead letters")
    }
}
