/// The address, the limits and the settings of a connection.
package struct PostgresConfiguration: Sendable {
    /// Any connection string of libpq, or a bare database name.
    ///
    /// Several hosts and `target_session_attrs` are libpq's.
    ///
    /// Its application name, connect time-out, keep-alives and `tcp_user_timeout` win over the values here; ``settings`` win over its `options`, the environment's, the role's and the database's.
    package var connectionString: String
    /// The name in `pg_stat_activity`.
    package var applicationName: String
    /// The longest run of a statement before the server cancels it; zero is without limit.
    package var statementTimeout: Duration
    /// The longest wait of a statement for a lock; zero is without limit.
    package var lockTimeout: Duration
    /// The longest time for connecting to one host; libpq counts whole seconds, at least two.
    package var connectTimeout: Duration
    /// The longest time for the answer to the request at the head of the pipeline; then the connection is given up.
    ///
    /// Longer than ``statementTimeout``, or it would fire first with an unknown outcome.
    package var replyTimeout: Duration
    /// The only server of the connection string that is tried; `nil` for all, one after the other.
    var address: ServerAddress?
    /// The longest pause between two tries of a pool to connect.
    package var longestPause: Duration
    /// Settings of the server for the session, such as `plan_cache_mode`.
    ///
    /// They are made by a statement when the connection is open, so that a pooler sees no option that it does not know.
    package var settings: PostgresSettings
    /// Changes the text of each statement when it is prepared, for example the schema's name.
    package var rewriteSQL: @Sendable (String) -> String
    /// True if statements are prepared once by name.
    ///
    /// Not behind PgBouncer in transaction mode.
    ///
    /// Without that, the columns are checked on each result, after the statement was committed.
    package var usesPreparedStatements: Bool
    /// True if time-outs and settings hold for the session; else they are set anew in each transaction.
    ///
    /// Behind PgBouncer in transaction mode each transaction may have another session. They are made in the transaction's
    /// own round trip then. A script gets none of them there.
    package var settingsLastForSession: Bool

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - connectionString: Any connection string of libpq, or a bare database name.
    ///   - applicationName: The name in `pg_stat_activity`.
    ///   - statementTimeout: The longest run of a statement.
    ///   - lockTimeout: The longest wait of a statement for a lock.
    ///   - connectTimeout: The longest time for connecting to one host.
    ///   - replyTimeout: The longest time for the answer to the request at the head of the pipeline; without one, two seconds
    ///     more than a statement has, or 30 seconds where statements have no limit.
    ///   - longestPause: The longest pause between two tries of a pool to connect.
    ///   - settings: Settings of the server for the session.
    ///   - usesPreparedStatements: True if statements are prepared once by name.
    ///   - settingsLastForSession: True if time-outs and settings hold for the session; else they are set in each transaction.
    ///   - rewriteSQL: Changes the text of each statement when it is prepared.
    package init(
        connectionString: String,
        applicationName: String = "postroom",
        statementTimeout: Duration = .seconds(20),
        lockTimeout: Duration = .seconds(5),
        connectTimeout: Duration = .seconds(5),
        replyTimeout: Duration? = nil,
        longestPause: Duration = .seconds(5),
        settings: PostgresSettings = [:],
        usesPreparedStatements: Bool = true,
        settingsLastForSession: Bool = true,
        rewriteSQL: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.connectTimeout = connectTimeout
        self.replyTimeout =
            replyTimeout ?? (statementTimeout > .zero ? statementTimeout + .seconds(2) : .seconds(30))
        self.longestPause = longestPause
        self.settings = settings
        self.usesPreparedStatements = usesPreparedStatements
        self.settingsLastForSession = settingsLastForSession
        self.rewriteSQL = rewriteSQL
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, so that a short limit does not become none.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
