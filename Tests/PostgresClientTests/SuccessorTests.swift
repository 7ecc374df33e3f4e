import Glibc
import PrivatePostgres
import Testing

@testable import PostgresClient

@Suite("A server that does not answer", .timeLimit(.minutes(3)))
struct SuccessorTests {
    @Test("is left for another of its connection string that takes writes, long before a reply's time is up")
    func frozen() async throws {
        try await Self.withTwoServers { old, new, both in
            try await TestServer.withPool(both) { pool in
                let first = try await pool.query(Self.start)
                try await Self.whileFrozen(old) {
                    let asked = ContinuousClock.now
                    let error = await failure { try await pool.query("SELECT 1") }
                    #expect(error?.kind == .connectionLost)
                    #expect(error?.message == "the server does not answer, and another one takes writes in its place")
                    // The pool learns of the loss a moment after its caller.
                    try await eventually { (try? await pool.query(Self.start)) != nil }
                    let second = try await pool.query(Self.start)
                    #expect(second != first)
                    let direct = PostgresConfiguration(connectionString: new.connectionString)
                    #expect(
                        try await TestServer.withConnection(to: direct) { try await $0.query(Self.start) } == second
                    )
                    #expect(asked.duration(to: .now) < both.replyTimeout / 2)
                }
            }
        }
    }

    @Test("but answers others is only busy, and keeps its connection")
    func busy() async throws {
        try await Self.withTwoServers { _, _, both in
            try await TestServer.withPool(both) { pool in
                let backend = try await pool.query("SELECT pg_backend_pid()")
                // As long as two rounds of the search take.
                _ = try await pool.query("SELECT pg_sleep(6)")
                #expect(try await pool.query("SELECT pg_backend_pid()") == backend)
            }
        }
    }

    @Test(
        "is looked for at each address that the connection string names",
        arguments: [
            ("host=a,b port=1,2", [("a", nil, "1"), ("b", nil, "2")]),
            ("host=a,b", [("a", nil, nil), ("b", nil, nil)]),
            ("host=a,b port=7", [("a", nil, "7"), ("b", nil, "7")]), ("host=a", []), ("postgres://u:p@a/d", []),
            ("postgres://u:p@a:1,b:2/d?target_session_attrs=read-write", [("a", nil, "1"), ("b", nil, "2")]),
            ("hostaddr=127.0.0.1,127.0.0.2", [(nil, "127.0.0.1", nil), (nil, "127.0.0.2", nil)]), ("", []),
        ] as [(String, [(String?, String?, String?)])]
    )
    func addresses(text: String, expected: [(String?, String?, String?)]) throws {
        let addresses = expected.map { ServerAddress(host: $0.0, hostAddress: $0.1, port: $0.2) }
        #expect(try ConnectionParameters.addresses(in: text) == addresses)
    }

    private static let start = "SELECT pg_postmaster_start_time()"

    /// Runs a body with two servers that both take writes, and a configuration that names both.
    private static func withTwoServers(
        _ body: (_ old: PrivatePostgres, _ new: PrivatePostgres, _ both: PostgresConfiguration) async throws -> Void
    ) async throws {
        let old = try await PrivatePostgres.start()
        let new = try await PrivatePostgres.start()
        let sockets = "\(old.folders.socket),\(new.folders.socket)"
        let result: Result<Void, any Error>
        do {
            let both = PostgresConfiguration(
                connectionString: "host=\(sockets) user=postroom dbname=postgres target_session_attrs=read-write"
            )
            result = .success(try await body(old, new, both))
        } catch {
            result = .failure(error)
        }
        await old.stop()
        await new.stop()
        try result.get()
    }

    /// Runs a body while no process of a server runs.
    private static func whileFrozen(_ server: PrivatePostgres, _ body: () async throws -> Void) async throws {
        let postmaster = try #require(await server.processID)
        let children = try await TestServer.withConnection(
            to: PostgresConfiguration(connectionString: server.connectionString)
        ) { try await $0.query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()") }
        let all = [postmaster] + children.compactMap { $0.first.flatMap(\.self).flatMap { Int32($0) } }
        for process in all {
            kill(process, SIGSTOP)
        }
        defer {
            for process in all.reversed() {
                kill(process, SIGCONT)
            }
        }
        try await body()
    }
}
