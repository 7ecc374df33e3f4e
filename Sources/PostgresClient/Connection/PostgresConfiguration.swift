/// How to connect, and the limits of a connection.
public struct PostgresConfiguration: Sendable {
    /// Any connection string of libpq, or a bare database name.
    ///
    /// Several hosts and `target_session_attrs` are libpq's.
    ///
    /// What it says about application name, connect time-out, keep-alives and `tcp_user_timeout` wins over the values
    /// here; ``settings`` win over its `options`, the environment's, the role's and the database's.
    public var connectionString: String
    /// What `pg_stat_activity` shows.
    public var applicationName: String
    /// How long a statement may run before the server cancels it; zero means for ever.
    public var statementTimeout: Duration
    /// How long a statement may wait for a lock; zero means for ever.
    public var lockTimeout: Duration
    /// How long connecting to one host may take; libpq counts whole seconds, at least two.
    public var connectTimeout: Duration
    /// How long the request at the head of the pipeline may go unanswered before the connection is given up.
    ///
    /// Longer than ``statementTimeout``, or it would fire first with an unknown outcome.
    public var replyTimeout: Duration
    /// The longest pause between two tries of a pool to connect.
    public var longestPause: Duration
    /// Settings of the server for the session, such as `plan_cache_mode`.
    ///
    /// They are made by a statement when the connection is open, so that a pooler sees no option that it does not know.
    public var settings: PostgresSettings
    /// Changes the text of each statement when it is prepared, for example the schema's name.
    public var rewriteSQL: @Sendable (String) -> String
    /// Whether statements are prepared once by name.
    ///
    /// Not behind PgBouncer in transaction mode.
    ///
    /// Where they are not, the columns are checked on each result, after the statement was committed.
    public var usesPreparedStatements: Bool
    /// Whether time-outs and settings hold for the session, or are set anew in each transaction.
    ///
    /// Behind PgBouncer in transaction mode each transaction may have another session. They are made in the transaction's
    /// own round trip then. A script gets none of them there.
    public var settingsLastForSession: Bool

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - connectionString: Any connection string of libpq, or a bare database name.
    ///   - applicationName: What `pg_stat_activity` shows.
    ///   - statementTimeout: How long a statement may run.
    ///   - lockTimeout: How long a statement may wait for a lock.
    ///   - connectTimeout: How long connecting to one host may take.
    ///   - replyTimeout: How long the request at the head of the pipeline may go unanswered.
    ///   - longestPause: The longest pause between two tries of a pool to connect.
    ///   - settings: Settings of the server for the session.
    ///   - usesPreparedStatements: Whether statements are prepared once by name.
    ///   - settingsLastForSession: Whether time-outs and settings hold for the session, or are set in each transaction.
    ///   - rewriteSQL: Changes the text of each statement when it is prepared.
    public init(
        connectionString: String,
        applicationName: String = "postroom",
        statementTimeout: Duration = .seconds(20),
        lockTimeout: Duration = .seconds(5),
        connectTimeout: Duration = .seconds(5),
        replyTimeout: Duration = .seconds(30),
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
        self.replyTimeout = replyTimeout
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
