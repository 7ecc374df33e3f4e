public import Logging
public import PostgresClient

/// Brings the schema up to date: numbered, forward-only migrations, each in a transaction of its own.
///
/// Two processes can race: a lock lets one go first, and the other finds nothing left to do. A crash in the middle leaves
/// whole migrations only.
public struct Migrator: Sendable {
    private let configuration: InboxConfiguration
    private let loop: PollLoop
    private let logger: Logger

    /// Describes what is migrated; nothing is connected yet.
    public init(configuration: InboxConfiguration, loop: PollLoop, logger: Logger) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
    }

    /// Reads how the schema stands to this program, and changes nothing.
    ///
    /// - Returns: The schema's state.
    /// - Throws: ``PostgresClient/PostgresError``.
    public func state() async throws(PostgresError) -> SchemaState {
        try await withConnection { connection throws(PostgresError) in try await state(on: connection) }
    }

    /// Applies the migrations that are missing.
    ///
    /// - Parameter shards: How many shards to make, 1 to 1,024, or `nil` for what there is, and 1 in a new schema. It is
    ///   decided when the schema is made.
    /// - Returns: The names of the migrations that were applied; none where the schema was up to date.
    /// - Throws: ``MigrationError``.
    public func migrate(shards: Int16? = nil) async throws(MigrationError) -> [String] {
        do {
            return try await withConnection { connection throws(PostgresError) in
                try await migrate(shards: shards, on: connection)
            }
            .get()
        } catch let error as PostgresError {
            throw .database(error)
        } catch let error as MigrationError {
            throw error
        } catch {
            preconditionFailure("only the two kinds above are thrown: \(error)")
        }
    }

    private func migrate(
        shards: Int16?,
        on connection: PostgresConnection
    ) async throws(PostgresError) -> Result<[String], MigrationError> {
        var applied: [String] = []
        while true {
            let state = try await state(on: connection)
            if let refusal = refusal(state, shards: try await self.shards(on: connection, state), wanted: shards) {
                return .failure(refusal)
            }
            guard let next = BundledMigrations.all.first(where: { isMissing($0, in: state) }) else { break }
            do throws(PostgresError) {
                try await connection.run(script: script(for: next, shards: shards ?? 1))
                applied.append(next.name)
                logger.info("migration applied", metadata: ["migration": "\(next.name)"])
            } catch  where error.sqlState == Self.alreadyApplied {
                continue
            }
        }
        // The first delivery must not wait for the housekeeper's first round.
        _ = try await connection.query(configuration.schema.rewrite("SELECT postroom.make_partitions(2)"))
        return .success(applied)
    }

    private func isMissing(_ migration: BundledMigration, in state: SchemaState) -> Bool {
        switch state {
        case .missing: true
        case .outdated(let version): version < migration.version
        case .current, .newer: false
        }
    }

    private func refusal(_ state: SchemaState, shards: Int16?, wanted: Int16?) -> MigrationError? {
        if case .newer(let version) = state {
            return .schemaIsNewer(version: version)
        }
        if let shards, let wanted, shards != wanted {
            return .shardsAreDecided(existing: shards, wanted: wanted)
        }
        return nil
    }

    /// What the server says where another process has applied the migration meanwhile.
    private static let alreadyApplied = SQLState(rawValue: "PR001")

    /// One migration as one transaction: it waits for its turn, looks whether it is still missing, and is noted.
    ///
    /// For other locks it waits only briefly: behind a waiting migration, everybody else would wait too.
    private func script(for migration: BundledMigration, shards: Int16) -> String {
        let schema = configuration.schema
        let isFirst = migration.version == BundledMigrations.all.first?.version
        let shardsNote = isFirst ? "INSERT INTO \"\(schema)\".inbox (shards) VALUES (\(shards));" : ""
        return """
            BEGIN;
            SET LOCAL lock_timeout = '60s';
            SELECT pg_advisory_xact_lock(\(Self.lockNumber));
            CREATE SCHEMA IF NOT EXISTS "\(schema)";
            CREATE TABLE IF NOT EXISTS "\(schema)".migration (
                version    integer     NOT NULL PRIMARY KEY,
                name       text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            DO $check$ BEGIN
                IF EXISTS (SELECT FROM "\(schema)".migration WHERE version = \(migration.version)) THEN
                    RAISE EXCEPTION 'applied already' USING ERRCODE = '\(Self.alreadyApplied.rawValue)';
                END IF;
            END $check$;
            SET LOCAL lock_timeout = '2s';
            \(schema.rewrite(migration.sql))
            \(shardsNote)
            INSERT INTO "\(schema)".migration (version, name) VALUES (\(migration.version), '\(migration.name)');
            COMMIT;
            """
    }

    /// A number that stands for "migrating Postroom" among all advisory locks of a database.
    private static let lockNumber: Int64 = 0x706F_7374_726F_6F6D

    private func shards(on connection: PostgresConnection, _ state: SchemaState) async throws(PostgresError) -> Int16? {
        guard state != .missing else { return nil }
        let rows = try await connection.query("SELECT shards FROM \"\(configuration.schema)\".inbox")
        return rows.first?.first.flatMap(\.self).flatMap(Int16.init)
    }

    private func state(on connection: PostgresConnection) async throws(PostgresError) -> SchemaState {
        try await SchemaState.read(configuration.schema) { sql throws(PostgresError) in
            try await connection.query(sql)
        }
    }

    private func withConnection<Value>(
        _ body: (PostgresConnection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let settings = PostgresConfiguration(
            connectionString: configuration.connectionString,
            applicationName: "postroom migrate",
            statementTimeout: .seconds(15 * 60),
            lockTimeout: .seconds(60),
            replyTimeout: .seconds(16 * 60),
            usesPreparedStatements: configuration.pooling == .session,
            settingsLastForSession: configuration.pooling == .session
        )
        let connection = try await PostgresConnection.connect(settings, on: loop, logger: logger)
        do throws(PostgresError) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// Why a schema was not migrated.
public enum MigrationError: Error, CustomStringConvertible {
    /// The schema has a version that this program does not know.
    case schemaIsNewer(version: Int32)
    /// The number of shards can't be changed any more.
    case shardsAreDecided(existing: Int16, wanted: Int16)
    /// The database refused or was not reached.
    case database(PostgresError)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .schemaIsNewer(let version):
            """
            the schema has version \(version), and this program knows only up to \(SchemaState.requiredVersion): \
            use the newer program; a schema is never taken back
            """
        case .shardsAreDecided(let existing, let wanted):
            """
            the schema was made with \(existing) shard(s), and \(wanted) were asked for: the number is decided when \
            the schema is made; leave --shards out
            """
        case .database(let error):
            error.description
        }
    }
}
