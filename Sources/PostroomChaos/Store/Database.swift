import Logging
import PostgresClient
import PostroomCore

/// The database as the run itself sees it: directly, and with SQL of its own.
///
/// Nothing here goes through the statements of the inbox, so that a part that is judged is not asked about itself.
struct Database: Sendable {
    let connectionString: String
    let schema: String
    /// True if other programs may use the inbox's program name in the same server.
    let isShared: Bool
    private let pool: PostgresPool
    private let loop: PollLoop
    private let logger = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }

    init(connectionString: String, schema: String, isShared: Bool) {
        self.connectionString = connectionString
        self.schema = schema
        self.isShared = isShared
        loop = PollLoop()
        pool = PostgresPool(
            configuration: Self.settings(connectionString),
            size: 2,
            role: "watch",
            loop: loop,
            logger: logger
        )
    }

    /// Holds the connections open until the task is cancelled.
    func run() async {
        await pool.run()
    }

    /// Runs one statement; an outage is an error.
    @discardableResult
    func query(_ sql: String) async throws -> [[String?]] {
        try await pool.query(sql)
    }

    /// Runs one statement that may be repeated, until it succeeds.
    ///
    /// - Throws: `CancellationError`, or ``ChaosFailure`` where the database refused it or was away for too long.
    @discardableResult
    func insist(_ sql: String) async throws -> [[String?]] {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await pool.query(sql)
            } catch {
                guard error.isTransient || error.isSafeToRetry, .now < deadline else {
                    throw ChaosFailure("the database refused what the run asked of it: \(error)")
                }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Runs statements on a connection of its own.
    func script(_ text: String) async throws {
        let connection = try await PostgresConnection.connect(Self.settings(connectionString), on: loop, logger: logger)
        do {
            try await connection.run(script: text)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The condition that a row of `pg_stat_activity` is a connection of this run's nodes.
    var isOurs: String {
        let name = "application_name LIKE 'postroom%' AND datname = current_database()"
        return isShared ? name + " AND query LIKE '%\(schema)%'" : name
    }

    private static func settings(_ connectionString: String) -> PostgresConfiguration {
        PostgresConfiguration(
            connectionString: connectionString,
            applicationName: "chaos",
            statementTimeout: .seconds(60),
            lockTimeout: .seconds(15),
            replyTimeout: .seconds(90)
        )
    }
}

/// Moments on their way into SQL and back.
enum SQLMoment {
    /// The expression of a moment.
    static func expression(_ moment: Timestamp) -> String {
        "(timestamptz '2000-01-01 00:00:00Z' + make_interval(secs => \(moment.rawValue) / 1000000.0))"
    }

    /// The number that a moment is read back as.
    static func number(_ column: String) -> String {
        "((extract(epoch FROM \(column)) - 946684800) * 1000000)::bigint"
    }
}
