import PostroomReceiver
import Testing

@Suite("Connections", .timeLimit(.minutes(3)))
struct ConnectionTests {
    @Test("pipelined requests are answered in their order, although commits end in any")
    func pipelining() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store, configure: { $0.commits.inFlight = 3 }) { running in
            let client = try await running.connect()
            var calls: [TestStore.Call] = []
            for number in 1...3 {
                try await client.send(Requests.post(key: "\(number)"))
                calls.append(try await store.nextCall())
            }
            try await client.send("GET /hooks/open HTTP/1.1\r\n\r\n" + Requests.post("/hooks/none"))
            try await running.until { running.responses("unknown-endpoint", endpoint: "") == 1 }
            calls[2].fail()
            calls[1].succeed()
            try await running.until { running.responses("accepted") == 1 && running.responses("unavailable") == 1 }
            #expect(client.receivedBytes == 0)
            calls[0].succeed()
            var statuses: [Int] = []
            for _ in 0..<5 {
                statuses.append(try await client.response().status)
            }
            #expect(statuses == [200, 200, 503, 405, 404])
        }
    }

    @Test("a connection with too many unanswered requests is not read from until one is answered")
    func boundedPipelining() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(
            store,
            configure: { configuration in
                configuration.limits.pipelinedRequests = 2
                configuration.commits.requests = 1
            }
        ) { running in
            let client = try await running.connect()
            for number in 1...2 {
                try await client.send(Requests.post(key: "\(number)"))
                try await running.until { running.requestsInFlight == number }
            }
            let call = try await store.nextCall()
            try await client.send(Requests.post(key: "3"))
            let other = try await running.connect()
            for _ in 0..<20 {
                _ = try await other.ask(Requests.post("/hooks/none"))
            }
            #expect(running.requestsInFlight == 2)
            call.succeed()
            #expect(try await client.response().status == 200)
            try await store.nextCall().succeed()
            #expect(try await client.response().status == 200)
            try await store.nextCall().succeed()
            #expect(try await client.response().status == 200)
        }
    }

    struct Ending: CustomTestStringConvertible {
        let name: String
        let request: String
        let connection: String?

        var testDescription: String { name }
    }

    @Test(
        "a connection stays open as its sender asks",
        arguments: [
            Ending(name: "HTTP/1.1", request: Requests.post(), connection: nil),
            Ending(
                name: "HTTP/1.1, close",
                request: Requests.post("/hooks/open", ["Connection: close"]),
                connection: "close"
            ),
            Ending(
                name: "HTTP/1.0",
                request: "POST /hooks/open HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
                connection: "close"
            ),
            Ending(
                name: "HTTP/1.0, keep-alive",
                request: "POST /hooks/open HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
                connection: "keep-alive"
            ),
            Ending(
                name: "an offer of HTTP/2, which is declined",
                request: Requests.post("/hooks/open", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"]),
                connection: "close"
            ),
        ]
    )
    func keepAlive(row: Ending) async throws {
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            let response = try await client.ask(row.request)
            #expect(response.status == 200)
            #expect(response.fields["connection"] == row.connection)
            if row.connection == "close" {
                #expect(await client.isHungUp())
            } else {
                #expect(try await client.ask(Requests.post()).status == 200)
            }
        }
    }

    @Test("a sender that stops sending after its requests still gets their answers")
    func halfClosed() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            try await client.send(Requests.post(key: "1") + Requests.post(key: "2"))
            let call = try await store.nextCall()
            try await client.hangUpSending()
            call.succeed()
            #expect(try await client.response().status == 200)
            #expect(try await client.response().fields["connection"] == "close")
            #expect(await client.isHungUp())
        }
    }

    @Test("a sender that stops in the middle of a body is not taken at half its word")
    func truncated() async throws {
        let store = TestStore()
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            try await client.send("POST /hooks/open HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
            try await client.hangUpSending()
            #expect(try await client.response().status == 400)
            #expect(await client.isHungUp())
            #expect(store.stored.isEmpty)
            #expect(running.bodyBytes == 0)
        }
    }

    @Test("connections beyond their limit are closed, and others can come when some have gone")
    func connectionLimit() async throws {
        try await RunningReceiver.with(configure: { $0.limits.connections = 2 }) { running in
            let first = try await running.connect()
            let second = try await running.connect()
            #expect(try await first.ask(Requests.post()).status == 200)
            #expect(try await second.ask(Requests.post()).status == 200)
            let third = try await running.connect()
            #expect(await third.isHungUp())
            #expect(try await first.ask(Requests.post()).status == 200)
            try await second.close()
            try await running.until { running.connections == 1 }
            let fourth = try await running.connect()
            #expect(try await fourth.ask(Requests.post()).status == 200)
        }
    }
}
