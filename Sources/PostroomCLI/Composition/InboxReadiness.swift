import PostroomCore
import PostroomInbox

/// Whether the inbox can be used, and what to do where it can't.
enum InboxReadiness {
    /// What is wrong with a schema in that state, or `nil` where it fits.
    static func complaint(of state: SchemaState) -> String? {
        let name = ProgramContext.current.name
        switch state {
        case .current, .compatible:
            return nil
        case .missing:
            return "the database has no schema yet: run '\(name) migrate'"
        case .outdated(let version):
            return """
                the schema has version \(version), and this program needs \(SchemaState.requiredVersion): \
                run '\(name) migrate'
                """
        case .newer(let version):
            return """
                the schema has version \(version), which doesn't work with this program any more, which knows \
                \(SchemaState.requiredVersion): use the newer program
                """
        case .foreign(let version, let name):
            return """
                the schema was made by other migrations: its number \(version) is "\(name)", which this program does not \
                have; use an empty database, or another schema (database.schema)
                """
        }
    }

    /// Waits for the database for a bounded time, and checks its schema.
    ///
    /// - Throws: ``CommandFailure`` where it is not reached in time, or does not fit.
    static func check(_ inbox: Inbox, within limit: Duration) async throws {
        let state = try await withTimeLimit(limit) { try await inbox.checkSchema() }
        guard let state else {
            let reason = inbox.administrationFailure ?? "no answer"
            throw CommandFailure(.tryAgain, "the database was not reached within \(limit): \(reason)")
        }
        if let complaint = complaint(of: state) {
            throw CommandFailure(.failed, complaint)
        }
    }
}
