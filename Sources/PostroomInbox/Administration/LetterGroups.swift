import PostgresClient
package import PostroomCore

/// Dead letters of one handler with one cause.
package struct LetterGroup: Hashable, Sendable {
    /// The handler.
    package let handler: HandlerName
    /// The likeness of the errors, which with the handler names the group.
    package let fingerprint: String
    /// The reason of their deaths.
    package let diedOf: String
    /// The number of letters when they were last counted.
    package let letters: Int
    /// When the first of them died.
    package let firstDiedAt: Timestamp
    /// When the newest of them died.
    package let lastDiedAt: Timestamp
    /// The newest letter, a sample.
    package let sample: Int64
    /// Its error, or `nil` where it is gone meanwhile.
    package let error: String?
    /// Up to ten event types among the newest hundred.
    package let types: [String]
    /// Up to ten endpoints among the newest hundred.
    package let endpoints: [String]
    /// The note that a person wrote about it.
    package let note: String?
    /// The writer of that note.
    package let author: String?
    /// When that was written.
    package let notedAt: Timestamp?
}

extension Inbox {
    /// Lists groups of dead letters, the largest first, as they were last counted.
    ///
    /// - Parameters:
    ///   - handler: The only handler that is meant, or `nil` for all.
    ///   - fingerprint: The only likeness of errors that is meant, or `nil` for all.
    ///   - limit: The most to list.
    ///   - fresh: True to count anew where the last count was cheap.
    /// - Returns: The groups.
    /// - Throws: ``PostroomCore/QueueError``.
    package func letterGroups(
        handler: HandlerName? = nil,
        fingerprint: String? = nil,
        limit: Int,
        fresh: Bool = true
    ) async throws(QueueError) -> [LetterGroup] {
        if fresh {
            try await countFigures(for: Inbox.glance)
        }
        return try await administer(
            LetterGroupList(handler: handler, fingerprint: fingerprint, most: Int32(clamping: limit))
        )
        .map { row in
            LetterGroup(
                handler: row.handler,
                fingerprint: row.fingerprint,
                diedOf: row.reason,
                letters: row.letters,
                firstDiedAt: row.firstDiedAt,
                lastDiedAt: row.lastDiedAt,
                sample: row.lastID,
                error: row.error,
                types: row.types ?? [],
                endpoints: row.endpoints ?? [],
                note: row.note,
                author: row.author,
                notedAt: row.notedAt
            )
        }
    }

    /// Writes a note about a group of dead letters, in place of the one before.
    ///
    /// - Parameters:
    ///   - note: The note; an empty one deletes what was there.
    ///   - handler: The group's handler.
    ///   - fingerprint: The likeness of its errors.
    /// - Throws: ``PostroomCore/QueueError``.
    package func note(_ note: String, on handler: HandlerName, _ fingerprint: String) async throws(QueueError) {
        _ = try await administer(LetterGroupNote(handler: handler, fingerprint: fingerprint, note: note))
    }
}
