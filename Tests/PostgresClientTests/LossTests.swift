import Glibc
import PrivatePostgres
import Testing

@testable import PostgresClient

@Suite("A connection that is lost", .timeLimit(.minutes(3)))
struct LossTests {
    @Test("by termination fails everybody who waits with an unknown outcome, and says why")
    func terminated() async throws {
        try await TestServer.withConnection { connection in
            let backend = await connection.backendProcessID
            _ = try await connection.execute(Echo(number: 0))
            try await TestServer.withConnection { other in
                try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                    for number in 0..<3 as Range<Int64> {
                        group.addTask {
                            await failure { try await connection.execute(Echo(number: number, pause: 30)) }
                        }
                    }
                    try await eventually { await connection.requestsInFlight == 3 }
                    group.addTask { await failure { try await other.query("SELECT pg_terminate_backend(\(backend))") } }
                    let errors = try await group.reduce(into: [PostgresError]()) {
                        if let error = $1 { $0.append(error) }
                    }
                    #expect(errors.count == 3)
                    for error in errors {
                        #expect(error.kind == .connectionLost)
                        #expect(error.sqlState == .adminShutdown)
                        #expect(error.statement == "echo")
                        #expect(error.connectionLost)
                        #expect(error.isTransient)
                        #expect(!error.isSafeToRetry)
                    }
                }
            }
            #expect(await connection.whenClosed()?.sqlState == .adminShutdown)
            let later = await failure { try await connection.execute(Echo(number: 1)) }
            #expect(later?.kind == .notConnected)
            #expect(later?.isSafeToRetry == true)
        }
    }

    @Test("while idle is noticed, with the server's reason")
    func terminatedWhileIdle() async throws {
        try await TestServer.withConnection { connection in
            let backend = await connection.backendProcessID
            try await TestServer.withConnection { other in
                _ = try await other.query("SELECT pg_terminate_backend(\(backend))")
            }
            #expect(await connection.whenClosed()?.sqlState == .adminShutdown)
        }
    }

    @Test("because its backend was killed is noticed, and so do all others")
    func killedBackend() async throws {
        let server = try await PrivatePostgres.start()
        let configuration = PostgresConfiguration(connectionString: server.connectionString)
        try await TestServer.withConnection(to: configuration) { connection in
            try await TestServer.withConnection(to: configuration) { bystander in
                _ = try await connection.execute(Echo(number: 0))
                async let answer = failure { try await connection.execute(Echo(number: 1, pause: 30)) }
                try await eventually { await connection.requestsInFlight == 1 }
                kill(await connection.backendProcessID, SIGKILL)
                let error = await answer
                #expect(error?.kind == .connectionLost)
                #expect(error?.isSafeToRetry == false)
                // The server ends all others, as the dead one may have damaged what they share; most get to hear why.
                let reason = await bystander.whenClosed()
                #expect(reason?.kind == .connectionLost)
                #expect(reason?.sqlState == .crashShutdown || reason?.sqlState == nil)
            }
        }
        await server.stop()
    }

    @Test("is given up when the reply does not come in time")
    func replyTimeout() async throws {
        try await TestServer.withConnection {
            $0.replyTimeout = .seconds(1)
        } _: { connection in
            _ = try await connection.execute(Echo(number: 0))
            let backend = await connection.backendProcessID
            kill(backend, SIGSTOP)
            defer { kill(backend, SIGCONT) }
            let start = ContinuousClock.now
            async let second = failure { try await connection.execute(Echo(number: 2)) }
            let error = await failure { try await connection.execute(Echo(number: 1)) }
            #expect(error?.kind == .replyTimeout)
            #expect(error?.connectionLost == true)
            #expect(error?.isTransient == true)
            #expect(error?.isSafeToRetry == false)
            let other = await second
            #expect(other?.isSafeToRetry == false)
            #expect(start.duration(to: .now) >= .seconds(1))
        }
    }

    @Test("while it prepares is safe to retry, as nothing was executed")
    func lostWhilePreparing() async throws {
        try await TestServer.withConnection {
            $0.replyTimeout = .milliseconds(100)
        } _: { connection in
            let backend = await connection.backendProcessID
            kill(backend, SIGSTOP)
            defer { kill(backend, SIGCONT) }
            let error = await failure { try await connection.execute(Echo(number: 1)) }
            #expect(error?.kind == .notConnected)
            #expect(error?.statement == "echo")
            #expect(error?.isTransient == true)
            #expect(error?.isSafeToRetry == true)
        }
    }

    @Test("is not given up while each reply comes in time, however many wait")
    func slowButAlive() async throws {
        try await TestServer.withConnection {
            $0.replyTimeout = .milliseconds(1_500)
        } _: { connection in
            await withTaskGroup(of: PostgresError?.self) { group in
                for number in 0..<8 as Range<Int64> {
                    group.addTask { await failure { try await connection.execute(Echo(number: number, pause: 0.2)) } }
                }
                for await error in group { #expect(error == nil) }
            }
        }
    }

    @Test("to a stopped loop fails its callers, and late jobs still run")
    func stoppedLoop() async throws {
        let loop = PollLoop(name: "stopped-loop")
        let connection = try await PostgresConnection.connect(
            TestServer.configuration(),
            on: loop,
            logger: TestServer.logger
        )
        _ = try await connection.execute(Echo(number: 0))
        async let answer = failure { try await connection.execute(Echo(number: 1, pause: 30)) }
        try await eventually { await connection.requestsInFlight == 1 }
        await loop.stop()
        let error = await answer
        #expect(error?.kind == .connectionLost)
        #expect(await connection.isOpen == false)
        let later = await failure { try await connection.execute(Echo(number: 1)) }
        #expect(later?.kind == .notConnected)
        await loop.stop()
    }
}
