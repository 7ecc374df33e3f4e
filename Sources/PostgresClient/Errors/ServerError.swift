import CLibPQ

/// What a server says in an error or notice.
struct ServerError {
    private static let endings: Set<String> = ["FATAL", "PANIC"]

    let error: PostgresError
    /// Whether the server ended the session with it.
    let endsSession: Bool

    /// Reads an error.
    ///
    /// - Parameters:
    ///   - result: The result that carries it.
    ///   - statement: The name of the statement it answers.
    ///   - rollsBack: Whether the error proves that nothing was committed.
    init(_ result: QueryResult, statement: String?, rollsBack: Bool) {
        let state = result.field(postroom_field_sqlstate).map { SQLState($0) }
        endsSession = Self.endings.contains(result.field(postroom_field_severity) ?? "")
        var error = PostgresError(
            endsSession ? .connectionLost : .server,
            Self.withoutValues(result.field(postroom_field_message) ?? "the server gave no message", state),
            sqlState: state,
            statement: statement,
            isSafeToRetry: rollsBack && !endsSession
        )
        error.hint = result.field(postroom_field_hint)
        error.constraint = result.field(postroom_field_constraint)
        error.table = result.field(postroom_field_table)
        error.column = result.field(postroom_field_column)
        // The message is translated, the function's name is not.
        error.isStalePlan =
            state == .invalidSQLStatementName
            || state == .featureNotSupported && result.field(postroom_field_source_function) == "RevalidateCachedQuery"
        self.error = error
    }

    /// Cuts off the value that the messages of class 22 quote: `invalid input syntax for type integer: "4711"`.
    private static func withoutValues(_ message: String, _ state: SQLState?) -> String {
        guard .dataException ~= state, let quote = message.firstIndex(of: "\"") else { return message }
        var end = quote
        while end > message.startIndex, ": ".contains(message[message.index(before: end)]) {
            end = message.index(before: end)
        }
        return String(message[..<end])
    }
}
