import Logging
import PostgresClient
import PostroomCore
import Synchronization

/// The conditions that a database must meet before a connection to it is used, looked at as each connection is made: after a failover
/// it may be another server.
final class DatabaseExamination: Sendable {
    private let schema: SchemaName
    /// The number that the server must have; `nil` where it is the only one.
    private let number: Int?
    private let logger: Logger
    /// The server whose sequences were compared last, by what no two starts of servers share.
    private let compared = Mutex<String?>(nil)
    private let joined = Mutex<Timestamp?>(nil)

    /// The time at which the server joined the others, `-infinity` where it was there from the beginning; `nil` until a connection
    /// has seen it.
    var joinedAt: Timestamp? {
        joined.withLock(\.self)
    }

    init(schema: SchemaName, number: Int? = nil, logger: Logger) {
        self.schema = schema
        self.number = number
        self.logger = logger
    }

    /// The oldest version of the server that works.
    private static let oldestVersion = 140_000

    /// Checks what no setting can change.
    ///
    /// - Throws: ``PostgresClient/PostgresError`` of kind `configuration` that says what to do.
    static func checkServer(_ connection: PostgresConnection) async throws(PostgresError) {
        let version = await connection.serverVersion
        guard version == 0 || version >= oldestVersion else {
            throw unusable("the server has version \(version / 10_000), and 14 is the oldest that works: upgrade it")
        }
        guard let encoding = await connection.reported("server_encoding"), encoding != "UTF8" else { return }
        throw unusable(
            """
            the database has the encoding \(encoding), which can't hold every event: make one with \
            CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in database.url
            """
        )
    }

    /// Checks the server, and that it has the number of its place in the configuration: under another's its ids would name
    /// the wrong server, and a key would be looked for where it never was.
    ///
    /// - Throws: ``PostgresClient/PostgresError``.
    func checkPlace(_ connection: PostgresConnection) async throws(PostgresError) {
        try await Self.checkServer(connection)
        guard let number else { return }
        let record = try await ServerRecord.read(schema) { sql throws(PostgresError) in try await connection.query(sql)
        }
        guard let record else { return }
        guard record.number == number else {
            throw Self.unusable(
                """
                the database at place \(number) of database.urls has the number \(record.number): put the urls back into \
                their order, with 'retired' in the place of a server that is gone
                """
            )
        }
        joined.withLock { $0 = record.joinedAt ?? Timestamp(rawValue: .min) }
    }

    /// Checks the server, and that this role may store deliveries.
    ///
    /// - Throws: ``PostgresClient/PostgresError``.
    func checkIntake(_ connection: PostgresConnection) async throws(PostgresError) {
        try await checkNumbers(connection)
        guard try await hasSchema(connection), let rights = try await connection.execute(IntakeRights()).first,
            let missing = rights.missing
        else { return }
        throw Self.unusable(
            """
            the role \(rights.role) can't store deliveries, it lacks \(missing): as the schema's owner, run \
            SELECT \(schema).allow_serving('\(rights.role)')
            """
        )
    }

    /// Checks the server, and brings sequences up to their tables: numbers that are given out twice would name two
    /// deliveries, and one of them would be lost.
    ///
    /// - Throws: ``PostgresClient/PostgresError``.
    func checkNumbers(_ connection: PostgresConnection) async throws(PostgresError) {
        try await checkPlace(connection)
        let identity = try await connection.query(
            """
            SELECT pg_postmaster_start_time()::text || ' ' || (
                SELECT oid::text FROM pg_database WHERE datname = current_database())
            """
        )
        let server = identity.first?.first.flatMap(\.self)
        guard server != compared.withLock(\.self), try await hasSchema(connection) else { return }
        do throws(PostgresError) {
            for sequence in try await connection.execute(SequenceAdvance()) {
                logger.warning(
                    "a sequence stood behind its table and was advanced",
                    metadata: [
                        "sequence": "\(sequence.sequence)", "next_number": "\(sequence.nextNumber)",
                        "in_use": "\(sequence.inUse)",
                    ]
                )
            }
        } catch  where error.sqlState == .queryCanceled {
            // Waiting for ever would lose more than a comparison.
            logger.warning("the sequences were not compared with their tables", metadata: ["error": "\(error)"])
            return
        } catch  where error.sqlState == .readOnlySQLTransaction {
            throw Self.unusable("sequences stand behind their tables and can't be advanced here: \(error.message)")
        }
        compared.withLock { $0 = server }
    }

    /// Tells whether there is a schema that knows of all this; the check of its version finds its other faults.
    private func hasSchema(_ connection: PostgresConnection) async throws(PostgresError) -> Bool {
        let name = "\"\(schema)\".advance_sequences(boolean)"
        return try await connection.query("SELECT to_regprocedure('\(name)') IS NOT NULL").first?.first == "t"
    }

    private static func unusable(_ message: String) -> PostgresError {
        PostgresError(.configuration, message, isSafeToRetry: true)
    }
}
