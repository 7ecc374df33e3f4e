import Testing

@testable import PostgresClient

private enum Refused: TestTable { static let tag = "refused" }
private enum Changing: TestTable { static let tag = "changing" }
private enum Rewritten: TestTable { static let tag = "rewritten" }

/// Inserts, and declares a column that is not what the server returns.
private struct WrongColumn: Statement {
    static let name = "wrong_column"
    static let sql = "INSERT INTO test_refused VALUES (1) RETURNING number"
    static let parameterTypes: [PostgresType] = []
    static let columns = [PostgresColumn(name: "number", type: .text)]

    func encode(into parameters: inout ParameterWriter) {}
    static func decode(_ row: inout RowReader) throws(PostgresError) -> String { try row.read() }
}

/// Inserts, and declares no column where there is one.
private struct MissingColumn: Statement {
    static let name = "missing_column"
    static let sql = WrongColumn.sql
    static let parameterTypes: [PostgresType] = []
    static let columns: [PostgresColumn] = []

    func encode(into parameters: inout ParameterWriter) {}
    static func decode(_ row: inout RowReader) throws(PostgresError) {}
}

/// Writes other parameters than it declares.
private struct WrongParameters: Statement {
    static let name = "wrong_parameters"
    static let sql = "SELECT $1"
    static let parameterTypes: [PostgresType] = [.int4]
    static let columns = [PostgresColumn(name: "number", type: .int4)]
    var count = 1

    func encode(into parameters: inout ParameterWriter) {
        for _ in 0..<count { parameters.write(1 as Int64) }
    }
    static func decode(_ row: inout RowReader) throws(PostgresError) {}
}

/// All columns of a table that another connection changes.
private struct Everything: Statement {
    static let name = "everything"
    static let sql = "SELECT * FROM test_changing"
    static let parameterTypes: [PostgresType] = []
    static let columns = [PostgresColumn(name: "number", type: .int8)]

    func encode(into parameters: inout ParameterWriter) {}
    static func decode(_ row: inout RowReader) throws(PostgresError) -> Int64 { try row.read() }
}

@Suite("Preparing", .serialized, .timeLimit(.minutes(3)))
struct PreparingTests {
    @Test("refuses a statement whose columns differ from its declaration, before it does anything")
    func wrongColumns() async throws {
        try await TestServer.withConnection { connection in
            try await connection.make(Refused.self)
            let wrong = await failure { try await connection.execute(WrongColumn()) }
            #expect(wrong?.kind == .columns)
            let text = "wrong_column: column number has type int8, the statement declares text; column: number"
            #expect(wrong?.description == text)
            let missing = await failure { try await connection.execute(MissingColumn()) }
            #expect(missing?.description == "missing_column: the result has 1 columns, the statement declares 0")
            #expect(try await connection.execute(Numbers<Refused>()) == [])
        }
    }

    @Test("refuses parameters that are not those declared, before anything is sent")
    func wrongParameters() async throws {
        try await TestServer.withConnection { connection in
            let wrong = await failure { try await connection.execute(WrongParameters()) }
            #expect(wrong?.description == "wrong_parameters: parameter $1 was written as int8, int4 is declared")
            let missing = await failure { try await connection.execute(WrongParameters(count: 0)) }
            #expect(missing?.description == "wrong_parameters: 0 parameters were written, 1 are declared")
            #expect(missing?.isSafeToRetry == true)
        }
    }

    @Test("happens once for each statement, and again after a failure")
    func once() async throws {
        try await TestServer.withConnection { connection in
            _ = try await connection.query("DROP TABLE IF EXISTS test_changing")
            let error = await failure { try await connection.execute(Everything()) }
            #expect(error?.sqlState == .undefinedTable)
            #expect(error?.statement == "everything")
            try await connection.make(Changing.self)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask { _ = await failure { try await connection.execute(Everything()) } }
                }
            }
            let names = try await connection.query("SELECT name FROM pg_prepared_statements")
            #expect(names.count == 1)

            // The plan no longer fits: the error says that the call can be repeated, and then it is prepared anew.
            _ = try await connection.query("ALTER TABLE test_changing ADD other int")
            let stale = await failure { try await connection.execute(Everything()) }
            #expect(stale?.sqlState == .featureNotSupported)
            #expect(stale?.isTransient == true)
            #expect(stale?.isSafeToRetry == true)
            let columns = await failure { try await connection.execute(Everything()) }
            #expect(columns?.kind == .columns)
            _ = try await connection.query("ALTER TABLE test_changing DROP other")
            #expect(try await connection.execute(Everything()) == [])

            _ = try await connection.query("DEALLOCATE ALL")
            let unknown = await failure { try await connection.execute(Everything()) }
            #expect(unknown?.sqlState == .invalidSQLStatementName)
            #expect(unknown?.isTransient == true)
            #expect(try await connection.execute(Everything()) == [])
        }
    }

    @Test("rewrites the text first", arguments: [true, false])
    func rewriting(_ prepares: Bool) async throws {
        try await TestServer.withConnection {
            $0.usesPreparedStatements = prepares
            $0.rewriteSQL = { $0 == Numbers<Rewritten>.sql ? "SELECT 4711::int8" : $0 }
        } _: { connection in
            let numbers = try await connection.execute(Numbers<Rewritten>())
            #expect(numbers == [4711])
        }
    }

    @Test("can be done without, and time-outs set in each transaction, as behind PgBouncer")
    func unprepared() async throws {
        try await TestServer.withConnection {
            $0.usesPreparedStatements = false
            $0.settingsLastForSession = false
            $0.statementTimeout = .seconds(7)
            $0.settings = ["test.text": "a\\b, \"it's\""]
        } _: { connection in
            #expect(try await connection.query("SHOW statement_timeout") == [["7s"]])
            #expect(try await connection.query("SHOW lock_timeout") == [["5s"]])
            #expect(try await connection.query("SHOW test.text") == [["a\\b, \"it's\""]])
            let kept = "SELECT reset_val FROM pg_settings WHERE name = 'statement_timeout'"
            #expect(try await connection.query(kept) == [["0"]], "nothing is left behind in the session")
            try await connection.make(Refused.self)
            #expect(try await connection.execute(Insert<Refused>(number: 3), Numbers<Refused>()).1 == [3])
            #expect(try await connection.query("SELECT count(*) FROM pg_prepared_statements") == [["0"]])
            let wrong = await failure { try await connection.execute(WrongColumn()) }
            #expect(wrong?.kind == .columns)
            #expect(wrong?.isSafeToRetry == false)
        }
    }
}
