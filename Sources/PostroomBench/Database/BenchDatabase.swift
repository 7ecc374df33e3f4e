import CLibrary
import Logging
import PostgresClient
import PostroomInbox
import PrivatePostgres

/// The database that a bench runs in, and the connection that looks at it from outside.
struct BenchDatabase: Sendable {
    let inbox: InboxConfiguration
    /// The server's process, where it is ours.
    let server: PrivatePostgres?
    private let serverProcess: Int32?
    private let observer: PostgresConnection
    private let loop: PollLoop

    /// Another program's schema is never touched: this one is made for the bench, and dropped with it.
    private static let schemaName = "postroom_bench"

    /// Runs a body with a migrated, empty schema, and removes it afterwards.
    ///
    /// - Throws: ``BenchFailure`` where the schema can't be had, and what the body threw.
    static func with<Value: Sendable>(
        _ options: BenchOptions,
        _ tools: BenchTools,
        _ body: (BenchDatabase) async throws -> Value
    ) async throws -> Value {
        switch options.database {
        case .privateServer:
            tools.progress("starting a private Postgres")
            let server = try await PrivatePostgres.start(.init(durable: true, parameters: ServerSettings.production))
            let result: Result<Value, any Error>
            do {
                let database = try await make(server.connectionString, .standard, server: server, tools)
                result = await outcome(of: body, database)
                await database.close()
            } catch {
                result = .failure(error)
            }
            await server.stop()
            return try result.get()
        case .existing(let connectionString):
            guard let schema = SchemaName(schemaName) else { preconditionFailure("it is a name") }
            let database = try await make(connectionString, schema, server: nil, tools)
            let result = await outcome(of: body, database)
            await database.dropSchema()
            return try result.get()
        }
    }

    private static func outcome<Value>(
        of body: (BenchDatabase) async throws -> Value,
        _ database: BenchDatabase
    ) async -> Result<Value, any Error> {
        do {
            return .success(try await body(database))
        } catch {
            return .failure(error)
        }
    }

    private static func make(
        _ connectionString: String,
        _ schema: SchemaName,
        server: PrivatePostgres?,
        _ tools: BenchTools
    ) async throws -> BenchDatabase {
        let loop = PollLoop(name: "bench-observer")
        let inbox = InboxConfiguration(connectionString: connectionString, schema: schema)
        let settings = PostgresConfiguration(
            connectionString: connectionString,
            applicationName: "bench observer",
            statementTimeout: .zero,
            lockTimeout: .seconds(30),
            replyTimeout: .seconds(3600)
        )
        let observer = try await PostgresConnection.connect(settings, on: loop, logger: tools.logger)
        let database = BenchDatabase(
            inbox: inbox,
            server: server,
            serverProcess: await server?.processID,
            observer: observer,
            loop: loop
        )
        if server == nil, try await database.number("SELECT count(*) FROM pg_namespace WHERE nspname = '\(schema)'") > 0
        {
            await database.close()
            throw BenchFailure(
                "the schema \(schema) exists already: an earlier bench was killed, or another one runs; "
                    + "drop it with 'DROP SCHEMA \(schema) CASCADE' if nobody uses it"
            )
        }
        _ = try await Migrator(configuration: inbox, loop: loop, logger: tools.logger).migrate()
        if server != nil {
            try await database.makeSegments()
        }
        return database
    }

    /// Gives a new server the WAL segments that one has which has run for a while: it reuses them, where a new one has to
    /// write each first, and holds every commit up meanwhile.
    private func makeSegments() async throws {
        _ = try await observer.query(
            """
            DO $$ BEGIN
                FOR segment IN 1..48 LOOP
                    PERFORM pg_logical_emit_message(false, 'bench', '');
                    PERFORM pg_switch_wal();
                END LOOP;
            END $$
            """
        )
        _ = try await observer.query("CHECKPOINT")
    }

    private func dropSchema() async {
        _ = try? await observer.query("DROP SCHEMA \(inbox.schema) CASCADE")
        await close()
    }

    private func close() async {
        await observer.close()
        await loop.stop()
    }

    /// Runs one statement, whose SQL names the schema `postroom`.
    @discardableResult
    func run(_ sql: String) async throws -> [[String?]] {
        try await observer.query(inbox.schema.rewriting(sql))
    }

    /// The first column of the first row, which is a whole number; 0 for none.
    func number(_ sql: String) async throws -> Int {
        try await run(sql).first?.first.flatMap(\.self).flatMap { Int($0) } ?? 0
    }

    /// Returns the resources that were used up to now.
    func reading() async throws -> Reading {
        let row = try await run(
            """
            SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint, pg_snapshot_xmax(pg_current_snapshot())::text
            """
        )
        let numbers = row.first?.map { $0.flatMap { Int($0) } ?? 0 } ?? [0, 0]
        return Reading(
            at: .now,
            program: ProcessUsage.own,
            server: serverProcess.flatMap(ProcessUsage.tree),
            walBytes: numbers[0],
            commits: numbers[1]
        )
    }

    /// Returns the state of the queue's table, once those who used it have gone: the server notes their dead rows only then.
    func queueState() async throws -> QueueState {
        let deadline = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < deadline,
            try await number(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'postroom %' AND datname = current_database()"
            ) > 0
        {
            try await Task.sleep(for: .milliseconds(20))
        }
        return QueueState(
            deadRows: try await number(
                "SELECT n_dead_tup FROM pg_stat_user_tables WHERE schemaname = '\(inbox.schema)' AND relname = 'batch'"
            ),
            bytes: try await number("SELECT pg_total_relation_size('postroom.batch')")
        )
    }

    /// Empties every table that events leave something in.
    func clear() async throws {
        try await run(
            """
            TRUNCATE postroom.delivery, postroom.idempotency_key, postroom.batch, postroom.retry,
                postroom.failed_attempt, postroom.handled, postroom.dead_letter, postroom.finished
            """
        )
    }

    /// Writes out what is dirty, where the server is ours, so that no run pays for the one before.
    func settleDown() async throws {
        guard server != nil else { return }
        try await run("CHECKPOINT")
    }
}

extension SchemaName {
    /// Puts this schema into SQL that is written for `postroom`.
    fileprivate func rewriting(_ sql: String) -> String {
        self == .standard ? sql : sql.replacing("postroom.", with: "\"\(description)\".")
    }
}
