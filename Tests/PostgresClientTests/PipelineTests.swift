import Testing

@testable import PostgresClient

private enum Together: TestTable { static let tag = "together" }
private enum Neighbours: TestTable { static let tag = "neighbours" }
private enum Mixed: TestTable { static let tag = "mixed" }
private enum Deferred: TestTable { static let tag = "deferred" }

@Suite("A pipelined connection", .timeLimit(.minutes(3)))
struct PipelineTests {
    @Test("answers 500 interleaved callers, each with its own answer")
    func manyCallers() async throws {
        try await TestServer.withConnection { connection in
            try await withThrowingTaskGroup(of: (Int64, [Int64]).self) { group in
                for number in 0..<500 as Range<Int64> {
                    group.addTask { (number, try await connection.execute(Echo(number: number))) }
                }
                var count = 0
                for try await (number, answer) in group {
                    #expect(answer == [number])
                    count += 1
                }
                #expect(count == 500)
            }
        }
    }

    @Test("lets a failed statement disturb none of its neighbours")
    func failedNeighbour() async throws {
        try await TestServer.withConnection { connection in
            try await connection.make(Neighbours.self)
            let states = await withTaskGroup(of: SQLState?.self) { group in
                for number in 0..<40 as Range<Int32> {
                    group.addTask {
                        let isOdd = number % 4 == 0
                        return await failure {
                            _ = try await connection.transaction(
                                Insert<Neighbours>(number: Int64(number)),
                                Divide(divisor: isOdd ? 0 : 5)
                            )
                        }?
                        .sqlState
                    }
                }
                return await group.reduce(into: [SQLState?]()) { $0.append($1) }
            }
            #expect(states.count { $0 == SQLState(rawValue: "22012") } == 10)
            #expect(states.count { $0 == nil } == 30)
            let kept = try await connection.execute(Numbers<Neighbours>())
            #expect(kept == (0..<40).filter { $0 % 4 != 0 })
        }
    }

    @Test("commits what was executed together, or none of it")
    func together() async throws {
        try await TestServer.withConnection { connection in
            try await connection.make(Together.self)
            let (_, first) = try await connection.execute(Insert<Together>(number: 1), Numbers<Together>())
            #expect(first == [1])
            let error = await failure {
                try await connection.execute(Insert<Together>(number: 2), Insert<Together>(number: 1))
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.statement == "insert_together")
            #expect(error?.constraint == "test_together_number_key")
            #expect(error?.table == "test_together")
            #expect(error?.isSafeToRetry == true)
            #expect(try await connection.execute(Numbers<Together>()) == [1])
        }
    }

    @Test("takes statements of any kinds in one transaction, each seeing those before it")
    func mixed() async throws {
        try await TestServer.withConnection { connection in
            try await connection.make(Mixed.self)
            let (before, _, quotient, after) = try await connection.transaction(
                Numbers<Mixed>(),
                Insert<Mixed>(number: 9),
                Divide(divisor: 4),
                Numbers<Mixed>()
            )
            #expect(before == [])
            #expect(quotient == [25])
            #expect(after == [9])
        }
    }

    @Test("reports a failure of the commit itself")
    func deferredConstraint() async throws {
        try await TestServer.withConnection { connection in
            try await connection.run(
                script: """
                    DROP TABLE IF EXISTS test_deferred;
                    CREATE TABLE test_deferred (number int8 UNIQUE DEFERRABLE INITIALLY DEFERRED)
                    """
            )
            let error = await failure {
                try await connection.execute(Insert<Deferred>(number: 1), Insert<Deferred>(number: 1))
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.isSafeToRetry == true)
            #expect(try await connection.execute(Numbers<Deferred>()) == [])
        }
    }

    @Test("gives a cancelled caller its answer all the same")
    func cancelledCaller() async throws {
        try await TestServer.withConnection { connection in
            let answer = try await withThrowingTaskGroup(of: [Int64].self) { group in
                group.addTask { try await connection.execute(Echo(number: 7, pause: 0.05)) }
                group.cancelAll()
                return try await group.next()
            }
            #expect(answer == [7])
        }
    }

    @Test("waits for the answers under way when it is closed, and takes no more requests")
    func closing() async throws {
        try await TestServer.withConnection { holder in
            try await TestServer.withConnection { connection in
                _ = try await connection.execute(Gate(number: 0, gate: 1))
                try await Gate.close(1, on: holder)
                async let answer = connection.execute(Gate(number: 7, gate: 1))
                try await eventually { await connection.requestsInFlight == 1 }
                async let closed: Void = connection.close(within: .seconds(30))
                try await eventually { await !connection.isOpen }
                let error = await failure { try await connection.execute(Echo(number: 8)) }
                #expect(error?.kind == .notConnected)
                #expect(error?.isSafeToRetry == true)
                try await Gate.open(1, on: holder)
                let answered = try await answer
                #expect(answered == [7])
                await closed
                #expect(await connection.whenClosed() == nil)
            }
        }
    }

    @Test("gives up on answers that do not come while it is closed")
    func closingInVain() async throws {
        try await TestServer.withConnection { connection in
            _ = try await connection.execute(Echo(number: 0))
            async let answer = failure { try await connection.execute(Echo(number: 7, pause: 30)) }
            try await eventually { await connection.requestsInFlight == 1 }
            await connection.close(within: .milliseconds(10))
            let error = await answer
            #expect(error?.kind == .connectionLost)
            #expect(error?.isSafeToRetry == false)
        }
    }
}
