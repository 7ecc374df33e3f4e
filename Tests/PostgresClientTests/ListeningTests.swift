import Testing

@testable import PostgresClient

@Suite("Listening", .timeLimit(.minutes(3)))
struct ListeningTests {
    @Test("yields channel and payload, also to an idle connection, and ends with it")
    func notifications() async throws {
        try await TestServer.withConnection { connection in
            let odd = try await connection.listen("an \"odd\" channel")
            let plain = try await connection.listen("plain")
            try await TestServer.withConnection { other in
                _ = try await other.query("SELECT pg_notify('plain', 'one'), pg_notify('an \"odd\" channel', '')")
                _ = try await other.query("SELECT pg_notify('plain', 'two')")
            }
            var plainOnes = plain.makeAsyncIterator()
            let first = await plainOnes.next()
            #expect(first == PostgresNotification(channel: "plain", payload: "one"))
            let second = await plainOnes.next()
            #expect(second?.payload == "two")
            var oddOnes = odd.makeAsyncIterator()
            let only = await oddOnes.next()
            #expect(only?.payload == "")
            await connection.close()
            let last = await plainOnes.next()
            #expect(last == nil)
        }
    }

    @Test("goes on over the loss of the connection, and says that something may have been missed")
    func overLoss() async throws {
        let configuration = try await TestServer.configuration()
        let (signals, continuation) = AsyncStream.makeStream(of: ListeningSignal.self)
        try await TestServer.withConnection { other in
            try await TestServer.withPool(configuration) { pool in
                async let _: Void = pool.withListening(to: "over_loss") { continuation.yield($0) }
                var received = signals.makeAsyncIterator()
                let first = await received.next()
                #expect(first == .listening)
                _ = try await other.query("SELECT pg_notify('over_loss', 'before')")
                let before = await received.next()
                #expect(before == .notification("before"))
                let backend = try await pool.query("SELECT pg_backend_pid()")[0][0] ?? ""
                _ = try await other.query("SELECT pg_terminate_backend(\(backend))")
                let again = await received.next()
                #expect(again == .listening)
                _ = try await other.query("SELECT pg_notify('over_loss', 'after')")
                let after = await received.next()
                #expect(after == .notification("after"))
            }
        }
    }
}
