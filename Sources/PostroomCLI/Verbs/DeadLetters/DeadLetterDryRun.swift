import PostroomCore
import PostroomInbox

/// Says what replay and discard would do.
enum DeadLetterDryRun {
    /// Writes how many letters match.
    ///
    /// - Throws: ``CommandFailure``, also for a handler that nobody knows: the change itself would be refused.
    static func write(_ filter: DeadLetterFilter, _ options: InboxOptions, _ fate: String) async throws {
        let count = try await options.withInbox { inbox in
            let count = try await inbox.countDeadLetters(filter)
            if count == 0 {
                try await HandlerLookup.require(filter.handler, in: inbox)
            }
            return count
        }
        try CommandOutput.write { $0.line("\(Plural.of(count, "dead letter", "dead letters")) \(fate)") }
    }
}
