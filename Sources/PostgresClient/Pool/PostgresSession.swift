/// Something that executes statements: a connection, or a pool of them.
@usableFromInline
package protocol PostgresSession: Sendable {
    /// Sends commands together, as one transaction, and waits for the answer.
    ///
    /// A cancelled caller waits all the same; the server's time-outs and the reply time-out bound it.
    ///
    /// - Parameter request: The commands.
    /// - Returns: The answer, once it is committed.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    func perform(_ request: PostgresRequest) async throws(PostgresError) -> PostgresReply
}

extension PostgresSession {
    /// Executes a statement in a transaction of its own.
    ///
    /// - Parameter statement: The statement with its parameters.
    /// - Returns: The rows.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    @inlinable
    package func execute<S: Statement>(_ statement: S) async throws(PostgresError) -> [S.Row] {
        var request = PostgresRequest()
        try request.add(statement)
        return try await perform(request).rows(of: S.self)
    }

    /// Executes two statements in one transaction and one round trip.
    ///
    /// - Parameters:
    ///   - first: The first statement.
    ///   - second: The second statement, which sees what the first did.
    /// - Returns: The rows of each.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    @inlinable
    package func execute<A: Statement, B: Statement>(
        _ first: A,
        _ second: B
    ) async throws(PostgresError) -> ([A.Row], [B.Row]) {
        try await transaction(first, second)
    }

    /// Executes statements of any kinds in one transaction and one round trip.
    ///
    /// - Parameter statement: The statements, in order; each sees what those before it did.
    /// - Returns: The rows of each.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    @inlinable
    package func transaction<each S: Statement>(
        _ statement: repeat each S
    ) async throws(PostgresError) -> (repeat [(each S).Row]) {
        var request = PostgresRequest()
        for statement in repeat each statement {
            try request.add(statement)
        }
        let reply = try await perform(request)
        var index = -1
        func rows<T: Statement>(of type: T.Type) throws(PostgresError) -> [T.Row] {
            index += 1
            return try reply.rows(of: type, at: index)
        }
        return (repeat try rows(of: (each S).self))
    }

    /// Runs an ad-hoc text: one statement without parameters, in a transaction of its own.
    ///
    /// Not `BEGIN` and the like: other callers share the connection.
    ///
    /// - Parameter sql: The text.
    /// - Returns: The rows as text; `nil` is NULL.
    /// - Throws: ``PostgresError``.
    package func query(_ sql: String) async throws(PostgresError) -> [[String?]] {
        let reply = try await perform(PostgresRequest(text: sql))
        return reply.results.last?.textRows() ?? []
    }
}
