package import PostgresClient

/// The purpose of a connection, which decides the setting up of its session.
package enum ConnectionRole: String {
    /// Commits what the receiver accepted.
    case intake
    /// Claims and settles.
    case dispatch
    /// Reads and records the steps of attempts that have some.
    case attempts
    /// Keeps workers' rows: registrations, heartbeats, rescues, wake-ups.
    case lease
    /// Keeps the tables in order, carries replays out, and answers people.
    case maintenance
    /// Hears wake-ups.
    case listen
    /// Runs the transactions in which attempts end their jobs.
    case transaction

    /// The connection's configuration.
    package func configuration(for inbox: InboxConfiguration) -> PostgresConfiguration {
        PostgresConfiguration(
            connectionString: inbox.connectionString,
            applicationName: "postroom",
            statementTimeout: inbox.statementTimeout,
            lockTimeout: lockTimeout,
            longestPause: longestPause,
            settings: self == .transaction
                ? SessionMeaning.ofOthers : SessionMeaning.settings(for: inbox.pooling).merging(settings),
            usesPreparedStatements: inbox.pooling == .session,
            settingsLastForSession: inbox.pooling == .session,
            rewriteSQL: inbox.schema.rewrite
        )
    }

    /// The longest wait of a statement for a lock before it fails, to be tried again.
    private var lockTimeout: Duration {
        switch self {
        case .maintenance: .milliseconds(200)
        // Heartbeats come over the same connection as rescues: one that waits for a lock must not cost a worker its lease.
        case .lease: .milliseconds(500)
        case .intake, .dispatch, .attempts, .listen, .transaction: .seconds(5)
        }
    }

    /// The longest time until a server that came back is found.
    private var longestPause: Duration {
        switch self {
        // One connection a process, without which its workers are taken for dead.
        case .lease: .seconds(1)
        case .intake, .dispatch, .attempts, .maintenance, .listen, .transaction: .seconds(5)
        }
    }

    /// Plans are made once: planning over daily partitions costs more than most statements.
    ///
    /// Plans that live long may only use index scans in index order: a table or partition that is empty when
    /// the plan is made would get a sequential or bitmap scan, and keep it as it fills.
    private var settings: PostgresSettings {
        let plannedOnce: PostgresSettings = [
            "plan_cache_mode": "force_generic_plan",
            "enable_seqscan": "off",
            "enable_bitmapscan": "off",
            "jit": "off",
        ]
        switch self {
        case .intake, .attempts:
            return plannedOnce.merging(SessionMeaning.durable)
        case .dispatch:
            return plannedOnce
        case .lease, .maintenance, .listen, .transaction:
            return ["jit": "off"]
        }
    }
}
