import Testing

@testable import PostgresClient

/// The conclusions that a caller may draw from an error code.
struct Classification: Sendable, CustomTestStringConvertible {
    let code: String
    let isTransient: Bool
    var testDescription: String { code }

    init(_ code: String, transient: Bool) {
        self.code = code
        isTransient = transient
    }
}

@Suite("Errors of the server", .timeLimit(.minutes(3)))
struct ErrorTests {
    static let classifications: [Classification] = [
        Classification("08006", transient: true),
        Classification("0A000", transient: false),
        Classification("22012", transient: false),
        Classification("23502", transient: false),
        Classification("23505", transient: false),
        Classification("25006", transient: true),
        Classification("40001", transient: true),
        Classification("40P01", transient: true),
        Classification("42501", transient: false),
        Classification("42P01", transient: false),
        Classification("53100", transient: true),
        Classification("53200", transient: true),
        Classification("53300", transient: true),
        Classification("55P03", transient: true),
        Classification("57014", transient: true),
        Classification("57P04", transient: false),
        Classification("58030", transient: true),
        Classification("P0001", transient: false),
        Classification("PR001", transient: false),
    ]

    @Test("say whether to try again, and that nothing was committed", arguments: classifications)
    func classification(_ expected: Classification) async throws {
        try await TestServer.withConnection { connection in
            try await connection.run(
                script: """
                    CREATE OR REPLACE FUNCTION pg_temp.fail(code text) RETURNS void LANGUAGE plpgsql AS $$
                    BEGIN
                        RAISE 'made to fail' USING ERRCODE = code, HINT = 'a hint', DETAIL = 'secret detail',
                            TABLE = 'a_table', COLUMN = 'a_column', CONSTRAINT = 'a_constraint';
                    END $$
                    """
            )
            let error = await failure { try await connection.execute(Fail(code: expected.code)) }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == SQLState(rawValue: expected.code))
            #expect(error?.isTransient == expected.isTransient)
            #expect(error?.isSafeToRetry == true)
            #expect(error?.connectionLost == false)
            let text = "fail: made to fail (SQLSTATE \(expected.code)); table: a_table; column: a_column; "
            #expect(error?.description == text + "constraint: a_constraint; hint: a hint")
        }
    }

    @Test(
        "keep values to themselves",
        arguments: [
            ("SELECT 'secret'::int", "invalid input syntax for type integer"),
            ("SELECT '{secret'::jsonb", "invalid input syntax for type json"),
            ("SELECT to_date('secret', 'YYYY')", "invalid value"),
            ("SELECT 'secret'::timestamptz", "invalid input syntax for type timestamp with time zone"),
        ]
    )
    func secrets(_ sql: String, _ message: String) async throws {
        let error = try await TestServer.withConnection { connection in
            await failure { try await connection.query(sql) }
        }
        #expect(error?.message == message)
        #expect(.dataException ~= error?.sqlState)
    }

    @Test("of time-outs are transient and leave nothing behind")
    func timeouts() async throws {
        let statement = try await TestServer.withConnection {
            $0.statementTimeout = .milliseconds(50)
        } _: { connection in
            await failure { try await connection.execute(Echo(number: 1, pause: 10)) }
        }
        #expect(statement?.sqlState == .queryCanceled)
        #expect(statement?.isTransient == true)
        #expect(statement?.isSafeToRetry == true)
    }

    @Test("of an ad-hoc text or a script are never safe to retry, as they may have committed")
    func adHoc() async throws {
        try await TestServer.withConnection { connection in
            let text = await failure { try await connection.query("SELECT 1/0") }
            #expect(text?.isSafeToRetry == false)
            let script = await failure { try await connection.run(script: "COMMIT; SELECT 1/0") }
            #expect(script?.isSafeToRetry == false)
        }
    }

    @Test("match their class")
    func classes() {
        #expect(SQLState.integrityConstraintViolation ~= SQLState.uniqueViolation)
        #expect(SQLState.uniqueViolation ~= SQLState.uniqueViolation)
        #expect(!(SQLState.uniqueViolation ~= SQLState.checkViolation))
        #expect(!(SQLState.uniqueViolation ~= SQLState.integrityConstraintViolation))
        #expect(!(SQLState.integrityConstraintViolation ~= nil))
        switch Optional(SQLState.deadlockDetected) {
        case .transactionRollback: break
        default: Issue.record("a deadlock is a transaction rollback")
        }
    }
}

/// Fails with a code.
private struct Fail: Statement {
    static let name = "fail"
    static let sql = "SELECT pg_temp.fail($1)"
    static let parameterTypes: [PostgresType] = [.text]
    static let columns: [PostgresColumn] = []
    var code: String

    func encode(into parameters: inout ParameterWriter) { parameters.write(code) }
    static func decode(_ row: inout RowReader) throws(PostgresError) {}
}
