import Logging
import PrivatePostgres
import Testing

@testable import PostgresClient

private enum Spread: TestTable { static let tag = "spread" }

@Suite("A pool", .timeLimit(.minutes(3)))
struct PoolTests {
    @Test("fails at once, transient and safe to retry, while nothing is connected")
    func notConnected() async throws {
        let configuration = PostgresConfiguration(connectionString: "host=/nowhere/at/all password=hunter2")
        let pool = PostgresPool(
            configuration: configuration,
            size: 1,
            role: "intake",
            loop: TestServer.loop,
            logger: TestServer.logger
        )
        let early = await failure { try await pool.execute(Echo(number: 1)) }
        #expect(early?.description == "no connection for intake yet")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            try await eventually { pool.lastFailure != nil }
            let error = await failure { try await pool.execute(Echo(number: 1)) }
            #expect(error?.kind == .notConnected)
            #expect(error?.isTransient == true)
            #expect(error?.isSafeToRetry == true)
            #expect(error?.message.hasPrefix("no connection for intake: ") == true)
            #expect(!pool.isConnected)
            group.cancelAll()
        }
    }

    @Test("stops waiting for a connection when cancelled")
    func cancelledWait() async {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(connectionString: "host=/nowhere/at/all"),
            size: 1,
            role: "intake",
            loop: TestServer.loop,
            logger: TestServer.logger
        )
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await pool.waitUntilConnected()
                    return false
                } catch {
                    return true
                }
            }
            group.cancelAll()
            #expect(await group.next() == true)
        }
    }

    @Test("spreads requests over its connections, which name their role")
    func spreads() async throws {
        try await TestServer.withPool(TestServer.configuration(), size: 3, role: "dispatch") { pool in
            try await eventually { pool.connectionCount == 3 }
            try await TestServer.withConnection { holder in
                try await Gate.close(3, on: holder)
                try await withThrowingTaskGroup(of: [Int64].self) { group in
                    for number in 0..<3 as Range<Int64> {
                        group.addTask { try await pool.execute(Gate(number: number, gate: 3)) }
                    }
                    let waiting =
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 3"
                    try await eventually { try await holder.query(waiting) == [["3"]] }
                    try await Gate.open(3, on: holder)
                    try await group.waitForAll()
                }
            }
            #expect(try await pool.query("SHOW application_name") == [["postroom dispatch"]])
        }
    }

    @Test("connects again after every loss", arguments: ["terminate", "fast", "immediate", "kill"])
    func reconnects(_ loss: String) async throws {
        let server = try await PrivatePostgres.start()
        try await TestServer.withPool(PostgresConfiguration(connectionString: server.connectionString)) { pool in
            _ = try await pool.execute(Echo(number: 0))
            async let answer = failure { try await pool.execute(Echo(number: 1, pause: 30)) }
            let backend = try await PoolTests.backend(of: pool, waitingFor: 1)
            switch loss {
            case "terminate":
                try await TestServer.withConnection(
                    to: PostgresConfiguration(connectionString: server.connectionString)
                ) {
                    _ = try await $0.query("SELECT pg_terminate_backend(\(backend))")
                }
            case "fast": try await server.restart(.fast)
            case "immediate": try await server.restart(.immediate)
            default:
                await server.kill()
                try await server.restart()
            }
            let error = await answer
            #expect(error?.connectionLost == true)
            #expect(error?.isSafeToRetry == false)
            try await eventually { try await PoolTests.tryAgain(pool) }
            #expect(pool.lastFailure == nil)
        }
        await server.stop()
    }

    @Test("logs its state in constant messages, without the password")
    func logs() async throws {
        let log = TestLog()
        var configuration = try await TestServer.configuration()
        configuration.connectionString += " password=hunter2"
        let pool = PostgresPool(
            configuration: configuration,
            size: 1,
            role: "intake",
            loop: TestServer.loop,
            logger: Logger(label: "pool") { _ in log }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            try await pool.waitUntilConnected()
            let backend = try await pool.query("SELECT pg_backend_pid()")[0][0] ?? ""
            try await TestServer.withConnection { _ = try await $0.query("SELECT pg_terminate_backend(\(backend))") }
            try await eventually { log.messages.last == "postgres connected" && log.messages.count > 2 }
            group.cancelAll()
        }
        #expect(log.messages == ["postgres connected", "postgres connection lost", "postgres connected"])
        #expect(log.lines.contains { $0.metadata.contains("sqlstate=57P01") && $0.metadata.contains("role=intake") })
        #expect(log.lines.allSatisfy { !$0.metadata.contains("hunter2") })
    }

    /// The backend of a pool's only connection, once so many requests wait on it.
    private static func backend(of pool: PostgresPool, waitingFor count: Int) async throws -> Int32 {
        let connection = try await pool.anyConnection()
        try await eventually { await connection.requestsInFlight >= count }
        return await connection.backendProcessID
    }

    /// Tells whether a request succeeds; an error must be one that may be retried.
    private static func tryAgain(_ pool: PostgresPool) async throws -> Bool {
        try await pool.waitUntilConnected()
        do {
            return try await pool.execute(Echo(number: 1)) == [1]
        } catch {
            #expect(error.isTransient)
            return false
        }
    }
}

@Suite("The pauses between tries", .timeLimit(.minutes(3)))
struct BackoffTests {
    @Test("double up to five seconds, spread between half and all, and are short again after a connection of use")
    func doubling() {
        var longest = ReconnectBackoff(limit: .seconds(5))
        var shortest = ReconnectBackoff(limit: .seconds(5))
        let long = (0..<9).map { _ in longest.next(fraction: 1) }
        let short = (0..<9).map { _ in shortest.next(fraction: 0) }
        let expected = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]
        #expect(long == expected.map { .milliseconds($0) })
        #expect(short == expected.map { .milliseconds($0) / 2 })
        longest.ease()
        #expect(longest.next(fraction: 1) == .milliseconds(400))
        longest.reset()
        #expect(longest.next(fraction: 1) == .milliseconds(50))
        longest.ease()
        #expect(longest.next(fraction: 1) == .milliseconds(100))
        for _ in 0..<100 { #expect(longest.next(fraction: 1) <= .seconds(5)) }
    }
}
