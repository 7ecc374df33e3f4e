import Testing

@testable import PostgresClient

@Suite("A script", .timeLimit(.minutes(3)))
struct ScriptTests {
    @Test("runs several statements and quoted bodies, and the connection goes on as before")
    func bodies() async throws {
        try await TestServer.withConnection { connection in
            try await connection.run(
                script: """
                    -- a comment; with a semicolon
                    CREATE FUNCTION pg_temp.twice(number int) RETURNS int LANGUAGE plpgsql AS $$
                    BEGIN
                        RAISE NOTICE 'not shown';
                        RETURN number * 2; -- inside
                    END;
                    $$;
                    CREATE TEMP TABLE script_result AS SELECT pg_temp.twice(21) AS number;
                    """
            )
            let shown = try await connection.query("SELECT number FROM script_result")
            #expect(shown == [["42"]])
            #expect(try await connection.execute(Echo(number: 1)) == [1])
            try await connection.run(script: "")
        }
    }

    @Test("is one transaction")
    func atomic() async throws {
        try await TestServer.withConnection { connection in
            let error = await failure {
                try await connection.run(script: "CREATE TEMP TABLE half (id int); SELECT 1/0")
            }
            #expect(error?.sqlState == SQLState(rawValue: "22012"))
            let table = try await connection.query("SELECT to_regclass('half')")
            #expect(table == [[nil]])
        }
    }

    @Test("that leaves a transaction open is rolled back and refused", arguments: ["", "; SELECT 1/0"])
    func openTransaction(_ rest: String) async throws {
        try await TestServer.withConnection { connection in
            let script = "BEGIN; CREATE TEMP TABLE half (id int)" + rest
            let error = await failure { try await connection.run(script: script) }
            #expect(error?.kind == .server)
            #expect(error?.message.contains(rest.isEmpty ? "left a transaction open" : "division by zero") == true)
            let table = try await connection.query("SELECT to_regclass('half')")
            #expect(table == [[nil]])
        }
    }

    @Test("has the connection alone")
    func alone() async throws {
        try await TestServer.withConnection { holder in
            try await TestServer.withConnection { connection in
                _ = try await connection.execute(Gate(number: 0, gate: 2))
                try await Gate.close(2, on: holder)
                async let answer = connection.execute(Gate(number: 1, gate: 2))
                try await eventually { await connection.requestsInFlight == 1 }
                let busy = await failure { try await connection.run(script: "SELECT 1") }
                #expect(busy?.kind == .notConnected)
                #expect(busy?.isSafeToRetry == true)
                try await Gate.open(2, on: holder)
                let answered = try await answer
                #expect(answered == [1])
            }
        }
    }

    @Test("that uses COPY ends the connection")
    func copy() async throws {
        try await TestServer.withConnection { connection in
            let error = await failure { try await connection.run(script: "COPY (SELECT 1) TO STDOUT") }
            #expect(error?.kind == .connectionLost)
        }
        try await TestServer.withConnection { connection in
            let error = await failure { try await connection.query("COPY (SELECT 1) TO STDOUT") }
            #expect(error?.kind == .connectionLost)
        }
    }
}
