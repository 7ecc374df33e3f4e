/// What went wrong with a statement or a connection.
///
/// Parameters, rows and the server's DETAIL never appear in it, nor does a password.
public struct PostgresError: Error, Hashable, Sendable {
    /// Where it went wrong.
    public enum Kind: Hashable, Sendable {
        /// The connection string cannot be used.
        case configuration
        /// A connection could not be made.
        case connectFailed
        /// There is no connection, or it was closed or busy, so nothing was sent.
        case notConnected
        /// The connection ended before the reply came: whether it was committed is not known.
        case connectionLost
        /// The reply did not come in time and the connection was given up: whether it was committed is not known.
        case replyTimeout
        /// The server refused; ``PostgresError/sqlState`` says why.
        case server
        /// The statement's parameters are not those it declares; nothing was sent.
        case encoding
        /// The statement's result does not have the columns it declares.
        case columns
        /// A value of the result is not what the statement expects; it has been committed even so.
        case decoding
        /// The caller was cancelled before anything was sent.
        case cancelled
    }

    /// Where it went wrong.
    public var kind: Kind
    /// The server's error code, where it gave one.
    public var sqlState: SQLState?
    /// What went wrong, without values.
    public var message: String
    /// The server's hint.
    public var hint: String?
    /// The constraint it is about.
    public var constraint: String?
    /// The table it is about.
    public var table: String?
    /// The column it is about.
    public var column: String?
    /// The name of the statement.
    public var statement: String?
    /// Whether it is certain that nothing was committed, so that the call can be repeated without doing it twice.
    ///
    /// True where nothing was sent, and where the server reported an error (not the end of the session) for a
    /// transaction it thereby rolled back. False whenever the reply is missing, and for a script or an ad-hoc text, which may commit by
    /// themselves. It does not say that a repetition would succeed: see ``isTransient``.
    public var isSafeToRetry: Bool
    /// Whether the prepared statement has to be prepared again before it can succeed.
    var isStalePlan = false

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: Where it went wrong.
    ///   - message: What went wrong, without values.
    ///   - sqlState: The server's error code.
    ///   - statement: The name of the statement.
    ///   - isSafeToRetry: Whether it is certain that nothing was committed.
    public init(
        _ kind: Kind,
        _ message: String,
        sqlState: SQLState? = nil,
        statement: String? = nil,
        isSafeToRetry: Bool
    ) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.statement = statement
        self.isSafeToRetry = isSafeToRetry
    }

    /// Whether the same call may succeed later without anybody changing anything.
    ///
    /// Lost and refused connections, time-outs, lock conflicts, a server that is short of something, shuts down or is
    /// read-only during a failover.
    public var isTransient: Bool {
        if isStalePlan { return true }
        switch kind {
        case .notConnected, .connectionLost, .replyTimeout: return true
        case .configuration, .encoding, .columns, .decoding, .cancelled: return false
        case .connectFailed: return sqlState.map(Self.isTransient) ?? true
        case .server: return sqlState.map(Self.isTransient) ?? false
        }
    }

    /// Whether the connection ended, so that the outcome is not known.
    public var connectionLost: Bool { kind == .connectionLost || kind == .replyTimeout }

    private static func isTransient(_ state: SQLState) -> Bool {
        switch state {
        case .connectionException, .transactionRollback, .insufficientResources, .operatorIntervention, .systemError,
            .lockNotAvailable, .readOnlySQLTransaction, .invalidSQLStatementName:
            state.rawValue != "57P04"  // the database was dropped
        default: false
        }
    }
}

extension PostgresError: CustomStringConvertible {
    /// The error in one line.
    public var description: String {
        var text = sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
        if let statement { text = "\(statement): \(text)" }
        for (label, value) in [("table", table), ("column", column), ("constraint", constraint), ("hint", hint)] {
            if let value { text += "; \(label): \(value)" }
        }
        return text
    }
}
