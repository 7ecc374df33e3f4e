import PostroomCore
import PostroomInbox

/// Finds handlers for dry runs, which have to refuse what the change itself would refuse.
enum HandlerLookup {
    /// Checks that a handler is known, if one is named.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that name, or the inbox's error.
    static func require(_ name: HandlerName?, in inbox: Inbox) async throws {
        if let name, try await inbox.backlog().allSatisfy({ $0.name != name }) {
            throw missing(name)
        }
    }

    /// Finds a handler that is not removed.
    ///
    /// - Throws: ``CommandFailure`` where there is none of that name, or the inbox's error.
    static func active(_ name: HandlerName, in inbox: Inbox) async throws -> HandlerBacklog {
        guard let found = try await inbox.backlog().first(where: { $0.name == name && !$0.isRemoved }) else {
            throw missing(name)
        }
        return found
    }

    private static func missing(_ name: HandlerName) -> CommandFailure {
        CommandFailure(
            .failed,
            """
            there is no handler named '\(EscapedText.of(name.rawValue))'; '\(ProgramContext.current.path) handlers list' \
            lists them
            """
        )
    }
}
