import CLibPQ

/// An error or notice of a server.
struct ServerError {
    private static let endings: Set<String> = ["FATAL", "PANIC"]

    let error: PostgresError
    /// True if the server ended the session with it.
    let endsSession: Bool

    /// Reads an error.
    ///
    /// - Parameters:
    ///   - result: The result that carries it.
    ///   - statement: The name of the statement it answers.
    ///   - rollsBack: True if the error proves that nothing was committed.
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

/// The error codes behind the texts of failed connects.
///
/// libpq 15 does not hand over the code, so the texts of the server that matter are recognized. A text in another
/// language has no code, and counts as transient.
enum ConnectFailure {
    private static let texts: [(String, SQLState)] = [
        ("password authentication failed", .invalidPassword),
        ("authentication failed", .invalidAuthorization),
        ("no password supplied", .invalidPassword),
        ("no pg_hba.conf entry", .invalidAuthorization),
        ("pg_hba.conf rejects", .invalidAuthorization),
        ("is not permitted to log in", .invalidAuthorization),
        ("the database system is", .cannotConnectNow),
        ("terminating connection due to administrator command", .adminShutdown),
        ("too many clients already", .tooManyConnections),
        ("too many connections for", .tooManyConnections),
        ("remaining connection slots are reserved", .tooManyConnections),
        ("permission denied for database", .insufficientPrivilege),
    ]

    /// Recognizes the error code of a text.
    ///
    /// - Parameter message: The text of libpq.
    /// - Returns: The code, or `nil` where the text names none.
    static func state(of message: String) -> SQLState? {
        // With several hosts the text has a line for each: any that may get better makes the whole transient.
        let states = texts.filter { message.contains($0.0) }.map(\.1)
        if let transient = states.first(where: { !(.invalidAuthorization ~= $0) && $0 != .insufficientPrivilege }) {
            return transient
        }
        let refused = message.contains("onnection refused") || message.contains("timeout expired")
        if refused { return nil }
        if message.contains("role \""), message.contains("does not exist") { return .invalidAuthorization }
        if message.contains("database \""), message.contains("does not exist") { return .invalidCatalogName }
        return states.first
    }

    /// Puts a text of libpq on one line, without any of the secrets.
    static func singleLine(_ message: String, hiding secrets: [String]) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        var text = lines.joined(separator: "; ")
        for secret in secrets where !secret.isEmpty {
            text = replacing(secret, in: text)
        }
        return text
    }

    private static func replacing(_ secret: String, in text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let range = rest.firstRange(of: secret) {
            result += rest[..<range.lowerBound] + "***"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
