import PostgresClient
package import PostroomCore

/// A finding where somebody looked for trouble.
package struct Diagnosis: Hashable, Sendable {
    /// The subject, in one or two words.
    package let subject: String
    /// True where all is well.
    package let isWell: Bool
    /// The finding in words.
    package let finding: String
    /// The remedy: a command, SQL, or words.
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
    /// - Returns: The findings, in the order of the checks.
    /// - Throws: ``PostroomCore/QueueError``.
    package func diagnoses() async throws(QueueError) -> [Diagnosis] {
        try await administer(DoctorRead())
            .map { row in
                Diagnosis(subject: row.subject, isWell: row.isWell, finding: row.finding, remedy: row.remedy)
            }
    }

    /// Looks for a function that people configured, to be called by the names of its parameters.
    ///
    /// - Parameters:
    ///   - schema: Its schema.
    ///   - name: Its own name.
    ///   - parameters: The parameters that it has to have, with their types.
    /// - Returns: The finding.
    /// - Throws: ``PostroomCore/QueueError``.
    package func diagnosis(
        ofFunction schema: String,
        _ name: String,
        parameters: [(name: String, type: String)]
    ) async throws(QueueError) -> Diagnosis {
        let found = try await administer(FunctionRead(schema: schema, name: name))
        let function = "\(schema).\(name)"
        let list = parameters.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        func trouble(_ finding: String, _ remedy: String) -> Diagnosis {
            Diagnosis(subject: "function \(function)", isWell: false, finding: finding, remedy: remedy)
        }
        guard !found.isEmpty else {
            return trouble("there is none in this database", "CREATE FUNCTION \(function)(\(list)) …")
        }
        let fitting = found.filter { row in parameters.allSatisfy { row.parameters.contains($0.name) } }
        guard !fitting.isEmpty else {
            let missing = parameters.map(\.name).filter { name in !found.contains { $0.parameters.contains(name) } }
            let finding =
                missing.isEmpty
                ? "none of that name has all parameters" : "it has no \(missing.joined(separator: ", "))"
            return trouble(finding, "CREATE OR REPLACE FUNCTION \(function)(\(list)) …")
        }
        guard fitting.contains(where: \.isAllowed) else {
            return trouble(
                "this role may not call it",
                "GRANT USAGE ON SCHEMA \(schema) TO …; GRANT EXECUTE ON FUNCTION \(function) TO …"
            )
        }
        return Diagnosis(subject: "function \(function)", isWell: true, finding: "it can be called", remedy: "")
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
