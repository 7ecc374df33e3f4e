import PostgresClient
package import PostroomCore

/// What was found where somebody looked for trouble.
package struct Diagnosis: Hashable, Sendable {
    /// The subject, in one or two words.
    package let subject: String
    /// True where all is well.
    package let isWell: Bool
    /// What was found, in words.
    package let finding: String
    /// What mends it: a command, SQL, or words.
    package let remedy: String

    /// Describes what was found.
    package init(subject: String, isWell: Bool, finding: String, remedy: String) {
        self.subject = subject
        self.isWell = isWell
        self.finding = finding
        self.remedy = remedy
    }
}

extension Inbox {
    /// Looks at the database: durability, autovacuum, settings, rights, partitions, orphans.
    ///
    /// - Returns: What was found, in the order of the checks.
    /// - Throws: ``PostroomCore/QueueError``.
    package func diagnoses() async throws(QueueError) -> [Diagnosis] {
        try await administer(DoctorRead())
            .map { row in
                Diagnosis(subject: row.subject, isWell: row.isWell, finding: row.finding, remedy: row.remedy)
            }
    }

    /// Reads the clock of the server.
    ///
    /// - Returns: Its time.
    /// - Throws: ``PostroomCore/QueueError``.
    package func serverTime() async throws(QueueError) -> Timestamp {
        guard let row = try await administer(ClockRead()).first else {
            throw QueueError(kind: .rejected, description: "clock_read returned no row")
        }
        return row.now
    }
}
