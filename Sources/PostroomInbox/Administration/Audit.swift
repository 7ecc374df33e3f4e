import PostgresClient
package import PostroomCore

/// The person for whom a program acts.
package enum Actor {
    /// The name under which changes are noted in the audit; `nil` for the user of the database session.
    @TaskLocal package static var current: String?
}

/// A change that somebody made.
package struct AuditEntry: Sendable {
    /// Its number.
    package let id: Int64
    /// The time of the change.
    package let at: Timestamp
    /// The person, as far as is known.
    package let actor: String
    /// The change: `pause_handler`, for example.
    package let action: String
    /// The particulars, as a JSON object.
    package let detail: String
}

extension Inbox {
    /// Lists what people changed, newest first.
    ///
    /// - Parameters:
    ///   - start: The number below which to begin, or `nil` for the newest.
    ///   - limit: The most to list.
    /// - Returns: The entries.
    /// - Throws: ``PostroomCore/QueueError``.
    package func audit(below start: Int64? = nil, limit: Int) async throws(QueueError) -> [AuditEntry] {
        try await administer(AuditList(before: start ?? .max, most: Int32(clamping: limit)))
            .map { row in
                AuditEntry(id: row.id, at: row.at, actor: row.actor, action: row.action, detail: row.detail.text)
            }
    }

    /// Notes in the audit what ``Actor/current`` did.
    ///
    /// - Parameters:
    ///   - action: The action, in lower case with underscores.
    ///   - facts: The particulars.
    /// - Throws: ``PostroomCore/QueueError``; it is not noted then.
    package func note(_ action: String, _ facts: [(name: String, value: String)]) async throws(QueueError) {
        let facts = facts.map { AuditNote.Fact(name: $0.name, value: $0.value) }
        _ = try await administer(AuditNote(action: action, facts: facts))
    }

    /// Runs a statement over the maintenance connection, in the name of ``Actor/current``.
    func executeForActor<S: Statement>(_ statement: S) async throws(PostgresError) -> [S.Row] {
        guard let actor = Actor.current else { return try await maintenance.execute(statement) }
        return try await maintenance.execute(ActorSet(actor: actor), statement).1
    }
}
