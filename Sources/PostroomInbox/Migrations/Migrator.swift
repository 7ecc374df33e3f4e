package import Logging
package import PostgresClient
package import PostroomCore

/// Brings the schema up to date: numbered, forward-only migrations, each in a transaction of its own.
///
/// Two processes can race: a lock lets one go first, and the other finds nothing left to do. A crash in the middle leaves
/// whole migrations only.
package struct Migrator: Sendable {
    private let configuration: InboxConfiguration
    private let loop: PollLoop
    private let logger: Logger
    /// The last version to migrate to; only tests stop before the newest.
    var lastVersion = SchemaState.requiredVersion

    /// Describes what is migrated; nothing is connected yet.
    package init(configuration: InboxConfiguration, loop: PollLoop, logger: Logger) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
    }

    /// Reads how the schema stands to this program, and changes nothing.
    ///
    /// - Returns: The schema's state.
    /// - Throws: ``PostgresClient/PostgresError``.
    package func state() async throws(PostgresError) -> SchemaState {
        try await withConnection { connection throws(PostgresError) in try await state(on: connection) }
    }

    /// Reads which sequences stand behind their tables, and changes nothing.
    ///
    /// - Returns: Each with what is wrong with it, in words; none where all is well or there is no schema that could tell.
    /// - Throws: ``PostgresClient/PostgresError``.
    package func sequencesBehind() async throws(PostgresError) -> [String] {
        try await withConnection { connection throws(PostgresError) in
            guard try await state(on: connection).isUsable else { return [] }
            return try await sequences(checkOnly: true, on: connection)
        }
    }

    /// Reads the number that the server has among several.
    ///
    /// - Returns: The number and what belongs to it; `nil` where it has none yet.
    /// - Throws: ``PostgresClient/PostgresError``.
    package func server() async throws(PostgresError) -> ServerRecord? {
        try await withConnection { connection throws(PostgresError) in
            try await ServerRecord.read(configuration.schema) { sql throws(PostgresError) in
                try await connection.query(sql)
            }
        }
    }

    /// Applies the migrations that are missing, and gives the server the number of its place.
    ///
    /// - Parameter joining: The time at which it joins servers that were there before; `nil` where there are none.
    /// - Returns: The names of the migrations that were applied; none where the schema was up to date, or is newer and works
    ///   with this program.
    /// - Throws: ``MigrationError``.
    package func migrate(joining: Timestamp? = nil) async throws(MigrationError) -> [String] {
        do {
            return try await withConnection { connection throws(PostgresError) in
                try await migrate(joining: joining, on: connection)
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
        joining: Timestamp?,
        on connection: PostgresConnection
    ) async throws(PostgresError) -> Result<[String], MigrationError> {
        var applied: [String] = []
        if case .compatible = try await state(on: connection) { return .success([]) }
        while true {
            let state = try await state(on: connection)
            if let refusal = refusal(state) {
                return .failure(refusal)
            }
            let missing = BundledMigrations.all.first { $0.version <= lastVersion && isMissing($0, in: state) }
            guard let next = missing else { break }
            do throws(PostgresError) {
                let script = try await script(for: next, on: connection)
                try await connection.run(script: script)
                applied.append(next.name)
                logger.info("migration applied", metadata: ["migration": "\(next.name)"])
            } catch  where error.sqlState == Self.alreadyApplied {
                continue
            } catch  where error.sqlState == .insufficientPrivilege {
                return .failure(.roleMayNot(error, schema: configuration.schema))
            }
        }
        guard lastVersion == SchemaState.requiredVersion else { return .success(applied) }
        if let refusal = try await join(at: joining, on: connection) {
            return .failure(refusal)
        }
        for sequence in try await sequences(checkOnly: false, on: connection) {
            logger.warning("a sequence was advanced", metadata: ["sequence": "\(sequence)"])
        }
        do throws(PostgresError) {
            // The first delivery must not wait for the first round of maintenance.
            _ = try await connection.query(configuration.schema.rewrite("SELECT postroom.make_partitions(2)"))
        } catch  where error.sqlState == .insufficientPrivilege && applied.isEmpty {
            // Whoever may serve and not maintain finds an up-to-date schema up to date.
        }
        return .success(applied)
    }

    /// Gives the server its number, unless it has it.
    private func join(
        at moment: Timestamp?,
        on connection: PostgresConnection
    ) async throws(PostgresError) -> MigrationError? {
        let place = configuration.number ?? 0
        let read = { () async throws(PostgresError) in
            try await ServerRecord.read(configuration.schema) { sql throws(PostgresError) in
                try await connection.query(sql)
            }
        }
        if try await read() == nil {
            let time = moment.map { "to_timestamp(\($0.rawValue) / 1000000.0 + 946684800)" } ?? "NULL"
            let sql = "SELECT postroom.join_servers(\(place), \(time))"
            do throws(PostgresError) {
                _ = try await connection.query(configuration.schema.rewrite(sql))
            } catch  where error.sqlState == Self.wasUsedAlone {
                return .placeIsOther(place: place, reason: "\(error.message)")
            }
        }
        guard configuration.number != nil, let record = try await read(), record.number != place else { return nil }
        return .placeIsOther(place: place, reason: "it has the number \(record.number) already")
    }

    private func sequences(
        checkOnly: Bool,
        on connection: PostgresConnection
    ) async throws(PostgresError) -> [String] {
        let sql = "SELECT sequence, next_number, in_use FROM postroom.advance_sequences(\(checkOnly))"
        return try await connection.query(configuration.schema.rewrite(sql))
            .map { row in
                let cells = row.map { $0 ?? "" }
                return "\(cells[0]) gives out \(cells[1]) next, and \(cells[2]) is in use already"
            }
    }

    private func isMissing(_ migration: BundledMigration, in state: SchemaState) -> Bool {
        switch state {
        case .missing: true
        case .outdated(let version): version < migration.version
        case .current, .compatible, .newer, .foreign: false
        }
    }

    private func refusal(_ state: SchemaState) -> MigrationError? {
        switch state {
        case .newer(let version): .schemaIsNewer(version: version)
        case .foreign(let version, let name): .schemaIsForeign(version: version, name: name)
        case .missing, .outdated, .current, .compatible: nil
        }
    }

    /// The error of a number that an inbox can't get any more.
    private static let wasUsedAlone = SQLState(rawValue: "PR004")

    /// The error of a migration that another process has applied meanwhile.
    private static let alreadyApplied = SQLState(rawValue: "PR001")

    /// One migration as one transaction: it waits for its turn, looks whether it is still missing, and is noted.
    ///
    /// For other locks it waits only briefly: behind a waiting migration, everybody else would wait too.
    ///
    /// It makes its settings itself, as a pooler may lend another session for it. The migration stands in a text of its own
    /// because the server reads a whole script before it makes any setting. A schema that exists is not made: that takes a
    /// right on the database even where there is nothing to do.
    private func script(
        for migration: BundledMigration,
        on connection: PostgresConnection
    ) async throws(PostgresError) -> String {
        let schema = configuration.schema
        let hasSchema = try await connection.query("SELECT to_regnamespace('\"\(schema)\"') IS NOT NULL").first?.first
        return """
            BEGIN ISOLATION LEVEL READ COMMITTED;
            \(SessionMeaning.settings.statement(isLocal: true));
            SET LOCAL lock_timeout = '60s';
            SELECT pg_advisory_xact_lock(\(Self.lockNumber));
            \(hasSchema == "t" ? "" : "CREATE SCHEMA IF NOT EXISTS \"\(schema)\";")
            CREATE TABLE IF NOT EXISTS "\(schema)".migration (
                version    integer     NOT NULL PRIMARY KEY,
                name       text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                oldest_program integer
            );
            DO $check$ BEGIN
                IF EXISTS (SELECT FROM "\(schema)".migration WHERE version = \(migration.version)) THEN
                    RAISE EXCEPTION 'applied already' USING ERRCODE = '\(Self.alreadyApplied.rawValue)';
                END IF;
            END $check$;
            SET LOCAL lock_timeout = '2s';
            DO $apply_it$ BEGIN EXECUTE $migration_text$
            \(schema.rewrite(migration.sql))
            $migration_text$; END $apply_it$;
            INSERT INTO "\(schema)".migration (version, name, oldest_program)
            VALUES (\(migration.version), '\(migration.name)', \(migration.oldestProgram));
            COMMIT;
            """
    }

    /// A number that stands for "migrating Postroom" among all advisory locks of a database.
    private static let lockNumber: Int64 = 0x706F_7374_726F_6F6D

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
            settings: SessionMeaning.settings(for: configuration.pooling),
            usesPreparedStatements: configuration.pooling == .session,
            settingsLastForSession: configuration.pooling == .session
        )
        let connection = try await PostgresConnection.connect(settings, on: loop, logger: logger)
        do throws(PostgresError) {
            try await DatabaseExamination.checkServer(connection)
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// The reason for which a schema was not migrated.
package enum MigrationError: Error, CustomStringConvertible {
    /// The schema has a version that this program does not know.
    case schemaIsNewer(version: Int32)
    /// The schema was made by migrations that this program does not have.
    case schemaIsForeign(version: Int32, name: String)
    /// The role lacks a right that the migration needs.
    case roleMayNot(PostgresError, schema: SchemaName)
    /// The database can't have the number of its place in the configuration.
    case placeIsOther(place: Int, reason: String)
    /// The database refused or was not reached.
    case database(PostgresError)

    /// The problem and its remedy.
    package var description: String {
        switch self {
        case .schemaIsNewer(let version):
            """
            the schema has version \(version), which doesn't work with this program any more, which knows only up to \
            \(SchemaState.requiredVersion): use the newer program; a schema is never taken back
            """
        case .schemaIsForeign(let version, let name):
            """
            the schema was made by other migrations: its number \(version) is "\(name)", which this program does not have; \
            migrate an empty database, or use another schema (database.schema)
            """
        case .roleMayNot(let error, let schema):
            """
            \(error.message): migrate as the schema's owner; where there is no schema yet, somebody who may make it can \
            run CREATE SCHEMA \(schema) AUTHORIZATION the role that migrates
            """
        case .placeIsOther(let place, let reason):
            """
            the database at place \(place) of database.urls can't be server \(place): \(reason). A server keeps its place: \
            put 'retired' in the place of one that is gone, and name each database once
            """
        case .database(let error):
            error.description
        }
    }
}
