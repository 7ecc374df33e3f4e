import PostroomReceiver
import Testing

@Suite("Slow senders", .timeLimit(.minutes(3)))
struct TimeoutTests {
    struct Slow: CustomTestStringConvertible {
        let name: String
        let sends: [String]
        /// The responses before the connection ends.
        let statuses: [Int]
        let shorten: @Sendable (inout ReceiverConfiguration.Timeouts) -> Void

        var testDescription: String { name }
    }

    @Test(
        "a slow sender is given up, and told so where it had begun",
        arguments: [
            Slow(name: "a silent connection", sends: [], statuses: [], shorten: { $0.header = .milliseconds(40) }),
            Slow(
                name: "an idle connection",
                sends: [Requests.post()],
                statuses: [200],
                shorten: { $0.idle = .milliseconds(40) }
            ),
            Slow(
                name: "a head that does not end",
                sends: [Requests.post(), "POST /hooks/open HTT"],
                statuses: [200, 408],
                // Long enough for a busy machine to send the first request.
                shorten: { $0.header = .seconds(5) }
            ),
            Slow(
                name: "a body that takes too long",
                sends: ["POST /hooks/open HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"],
                statuses: [408],
                shorten: { $0.body = .milliseconds(40) }
            ),
            Slow(
                name: "a body that trickles",
                sends: ["POST /hooks/open HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"],
                statuses: [408],
                shorten: { $0.bodyProgress = .milliseconds(40) }
            ),
            Slow(
                name: "a skipped body that does not end",
                sends: ["POST /hooks/none HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf"],
                statuses: [404],
                shorten: { $0.body = .milliseconds(40) }
            ),
            Slow(
                name: "a sender that goes on after its last answer",
                sends: ["POST /hooks/open HTTP/1.1\r\nContent-Length: 90000000\r\n\r\nhalf"],
                statuses: [413],
                shorten: { _ in }
            ),
        ]
    )
    func slow(row: Slow) async throws {
        let store = TestStore()
        let shorten: (inout ReceiverConfiguration) -> Void = {
            $0.timeouts.linger = .milliseconds(40)
            row.shorten(&$0.timeouts)
        }
        try await RunningReceiver.with(store, configure: shorten) { running in
            let client = try await running.connect()
            var statuses: [Int] = []
            for (index, text) in row.sends.enumerated() {
                try await client.send(text)
                if index < row.statuses.count {
                    statuses.append(try await client.response().status)
                }
            }
            #expect(statuses == row.statuses)
            #expect(await client.isHungUp())
            #expect(
                running.responses("timeout") + running.responses("timeout", endpoint: "")
                    == (statuses.last == 408 ? 1 : 0)
            )
            #expect(running.bodyBytes == 0)
            try await running.until { running.connections == 0 }
        }
    }

    @Test("many slow senders don't keep a quick one from being served")
    func slowloris() async throws {
        try await RunningReceiver.with { running in
            var slow: [RawClient] = []
            for number in 0..<200 {
                let client = try await running.connect()
                try await client.send(
                    number.isMultiple(of: 2)
                        ? "POST /hooks/open HTTP/1.1\r\nX: "
                        : "POST /hooks/open HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nx"
                )
                slow.append(client)
            }
            // A head that has not ended counts twice; the others' fields, their target and a byte of body count once.
            let held =
                100 * 2 * "POST /hooks/open HTTP/1.1\r\nX: ".utf8.count
                + 100 * "Content-Length: 1000000\n/hooks/openx".utf8.count
            try await running.until { running.bodyBytes == held }
            let quick = try await running.connect()
            for _ in 0..<10 {
                #expect(try await quick.ask(Requests.post()).status == 200)
            }
            #expect(running.bodyBytes == held)
            for client in slow {
                try await client.close()
            }
        }
    }

    @Test("the wait for a commit is nobody's fault but ours, and no timeout of the sender's")
    func waitingForCommit() async throws {
        let store = TestStore(gated: true)
        let shorten: (inout ReceiverConfiguration) -> Void = {
            $0.timeouts.idle = .milliseconds(40)
            $0.timeouts.linger = .milliseconds(40)
        }
        try await RunningReceiver.with(store, configure: shorten) { running in
            let waiting = try await running.connect()
            try await waiting.send(Requests.post(key: "1"))
            let call = try await store.nextCall()
            let closing = try await running.connect()
            try await closing.send(Requests.post("/hooks/open", ["Connection: close", "Key: 2"]))
            // Another connection that goes idle and is closed shows that the time has passed.
            let idle = try await running.connect()
            _ = try await idle.ask(Requests.post("/hooks/none"))
            #expect(await idle.isHungUp())
            call.succeed()
            try await store.nextCall().succeed()
            #expect(try await waiting.response().status == 200)
            #expect(try await closing.response().status == 200)
        }
    }
}
