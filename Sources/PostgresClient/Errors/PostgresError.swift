/// A failure of a statement or a connection.
///
/// Parameters, rows and the server's DETAIL never appear in it, nor does a password.
@usableFromInline
package struct PostgresError: Error, Hashable, Sendable {
    /// The place of a failure.
    package enum Kind: Hashable, Sendable {
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

    /// The place of the failure.
    package var kind: Kind
    /// The server's error code, where it gave one.
    package var sqlState: SQLState?
    /// The failure in words, without values.
    package var message: String
    /// The server's hint.
    package var hint: String?
    /// The constraint it is about.
    package var constraint: String?
    /// The table it is about.
    package var table: String?
    /// The column it is about.
    package var column: String?
    /// The name of the statement.
    package var statement: String?
    /// True if it is certain that nothing was committed, so that the call can be repeated without doing it twice.
    ///
    /// It is certain where nothing was sent, and where the server reported an error (not the end of the session) for a
    /// transaction it thereby rolled back. It never is while the reply is missing, nor for a script or an ad-hoc text,
    /// which may commit by themselves. It does not say that a repetition would succeed: see ``isTransient``.
    package var isSafeToRetry: Bool
    /// True if the statement has to be prepared again before it can succeed.
    var isStalePlan = false

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: The place of the failure.
    ///   - message: The failure in words, without values.
    ///   - sqlState: The server's error code.
    ///   - statement: The name of the statement.
    ///   - isSafeToRetry: True if it is certain that nothing was committed.
    package init(
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

    /// True if the same call may succeed later without anybody changing anything.
    ///
    /// Lost and refused connections, time-outs, lock conflicts, a server that is short of something, shuts down or is
    /// read-only during a failover.
    package var isTransient: Bool {
        if isStalePlan { return true }
        switch kind {
        case .notConnected, .connectionLost, .replyTimeout: return true
        case .configuration, .encoding, .columns, .decoding, .cancelled: return false
        case .connectFailed: return sqlState.map(Self.isTransient) ?? true
        case .server: return sqlState.map(Self.isTransient) ?? false
        }
    }

    /// True if the connection ended, so that the outcome is not known.
    package var connectionLost: Bool { kind == .connectionLost || kind == .replyTimeout }

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
    @usableFromInline package var description: String {
        var text = sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
        if let statement { text = "\(statement): \(text)" }
        for (label, value) in [("table", table), ("column", column), ("constraint", constraint), ("hint", hint)] {
            if let value { text += "; \(label): \(value)" }
        }
        return text
    }
}
