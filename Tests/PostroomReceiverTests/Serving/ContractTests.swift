import PostroomCore
import PostroomReceiver
import Testing

@Suite("The HTTP contract", .timeLimit(.minutes(3)))
struct ContractTests {
    @Test("a refused request, a secret that fitted, and a delivery that came again are noted for people")
    func notes() async throws {
        try await RunningReceiver.with(endpoints: [.test(secretNames: ["env:NEW", "env:OLD"])]) { running in
            let client = try await running.connect()
            #expect(try await client.ask(Requests.post("/hooks/open", ["Forged: yes"])).status == 401)
            for _ in 0..<3 {
                #expect(try await client.ask(Requests.post("/hooks/open", ["Key: a", "Secret: 1"])).status == 200)
            }
            let taken = running.receiver.notes.take()
            #expect(taken.refusals.map(\.reason) == ["forged"])
            #expect(taken.refusals.first?.peer == "127.0.0.1")
            #expect(taken.refusals.first?.lookedFor == ["Key"] && taken.refusals.first?.found == ["Forged"])
            #expect(taken.secretUses.map(\.secret) == ["env:OLD"] && taken.secretUses.map(\.times) == [3])
            #expect(taken.repetitions.values.map(\.self) == [2])
        }
    }

    struct Exchange: CustomTestStringConvertible {
        let name: String
        let request: String
        let status: Int
        let counted: String
        var endpoint = ""
        var fields: [String: String] = [:]
        var hasBody = true
        /// True where the connection can be used again.
        var staysOpen = true

        var testDescription: String { name }
    }

    static let exchanges = [
        Exchange(
            name: "an authentic delivery is stored",
            request: Requests.post(),
            status: 200,
            counted: "accepted",
            endpoint: "open",
            fields: ["content-type": "application/json"]
        ),
        Exchange(
            name: "a query is no part of the endpoint's name",
            request: Requests.post("/hooks/open?tenant=1"),
            status: 200,
            counted: "accepted",
            endpoint: "open"
        ),
        Exchange(
            name: "a forged delivery is refused",
            request: Requests.post("/hooks/open", ["Forged: yes"]),
            status: 401,
            counted: "refused",
            endpoint: "open",
            fields: ["www-authenticate": "Webhook"]
        ),
        Exchange(
            name: "an endpoint can answer a forged delivery 503",
            request: Requests.post("/hooks/careful", ["Forged: yes"]),
            status: 503,
            counted: "refused",
            endpoint: "careful",
            fields: ["retry-after": "30"]
        ),
        Exchange(
            name: "an endpoint must exist",
            request: Requests.post("/hooks/none"),
            status: 404,
            counted: "unknown-endpoint"
        ),
        Exchange(
            name: "a path must be a hook's",
            request: Requests.post("/"),
            status: 404,
            counted: "unknown-endpoint"
        ),
        Exchange(
            name: "GET is not taken",
            request: "GET /hooks/open HTTP/1.1\r\nHost: t\r\n\r\n",
            status: 405,
            counted: "not-post",
            endpoint: "open",
            fields: ["allow": "POST"]
        ),
        Exchange(
            name: "HEAD is answered without a body",
            request: "HEAD /hooks/open HTTP/1.1\r\nHost: t\r\n\r\n",
            status: 405,
            counted: "not-post",
            endpoint: "open",
            hasBody: false
        ),
        Exchange(
            name: "PUT is not taken, and its body is skipped",
            request: "PUT /hooks/open HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
            status: 405,
            counted: "not-post",
            endpoint: "open"
        ),
        Exchange(
            name: "a body that is announced too long is not awaited",
            request: "POST /hooks/small HTTP/1.1\r\nContent-Length: 11\r\n\r\n",
            status: 413,
            counted: "too-large",
            endpoint: "small",
            staysOpen: false
        ),
        Exchange(
            name: "a body that turns out too long is cut off",
            request: "POST /hooks/small HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n",
            status: 413,
            counted: "too-large",
            endpoint: "small",
            fields: ["connection": "close"],
            staysOpen: false
        ),
        Exchange(
            name: "what is not HTTP is malformed",
            request: "hello\r\n\r\n",
            status: 400,
            counted: "malformed",
            fields: ["connection": "close"],
            staysOpen: false
        ),
        Exchange(
            name: "two lengths are malformed",
            request: "POST /hooks/open HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            status: 400,
            counted: "malformed",
            staysOpen: false
        ),
        Exchange(
            name: "a length beside chunks is malformed",
            request: "POST /hooks/open HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            status: 400,
            counted: "malformed",
            staysOpen: false
        ),
        Exchange(
            name: "a transfer coding that is not understood is not implemented",
            request: "POST /hooks/open HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            status: 501,
            counted: "malformed",
            endpoint: "open",
            fields: ["connection": "close"],
            staysOpen: false
        ),
        Exchange(
            name: "the same in two fields is not implemented",
            request:
                "POST /hooks/open HTTP/1.1\r\nTransfer-Encoding: br\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
            status: 501,
            counted: "malformed",
            endpoint: "open",
            staysOpen: false
        ),
        Exchange(
            name: "chunks are read whatever the case of their name",
            request: "POST /hooks/open HTTP/1.1\r\nTransfer-Encoding:\t CHUNKED \r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            status: 200,
            counted: "accepted",
            endpoint: "open"
        ),
        Exchange(
            name: "a content coding is kept as it is",
            request: Requests.post("/hooks/open", ["Content-Encoding: gzip"]),
            status: 200,
            counted: "accepted",
            endpoint: "open"
        ),
        Exchange(
            name: "the offer of trailers is none of ours",
            request: Requests.post("/hooks/open", ["TE: trailers, gzip"]),
            status: 200,
            counted: "accepted",
            endpoint: "open"
        ),
        Exchange(
            name: "a chunk without a size is malformed",
            request: "POST /hooks/open HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            status: 400,
            counted: "malformed",
            endpoint: "open",
            staysOpen: false
        ),
        Exchange(
            name: "too many header fields are too many",
            request: Requests.post("/hooks/open", (0..<200).map { "X-\($0): 1" }),
            status: 431,
            counted: "malformed",
            staysOpen: false
        ),
        Exchange(
            name: "a header field can be too long",
            request: Requests.post("/hooks/open", ["X: \(String(repeating: "x", count: 20_000))"]),
            status: 431,
            counted: "malformed",
            staysOpen: false
        ),
        Exchange(
            name: "a head can be too long",
            request: Requests.post("/hooks/open", (0..<10).map { "X-\($0): \(String(repeating: "x", count: 10_000))" }),
            status: 431,
            counted: "malformed",
            staysOpen: false
        ),
        Exchange(
            name: "a target can be too long",
            request: Requests.post("/hooks/\(String(repeating: "x", count: 20_000))"),
            status: 431,
            counted: "malformed",
            staysOpen: false
        ),
    ]

    @Test("every request has its answer", arguments: exchanges)
    func exchange(_ exchange: Exchange) async throws {
        let endpoints: [ReceiverEndpoint] = [
            .test(), .test("careful", refusalStatus: .serviceUnavailable), .test("small", bodyLimit: 10),
        ]
        let store = TestStore()
        try await RunningReceiver.with(store, endpoints: endpoints) { running in
            let client = try await running.connect()
            let response = try await client.ask(exchange.request, hasBody: exchange.hasBody)
            #expect(response.status == exchange.status)
            for (name, value) in exchange.fields {
                #expect(response.fields[name] == value)
            }
            #expect(response.fields["date"]?.hasSuffix("GMT") == true)
            if exchange.status == 200 {
                #expect(response.body == #"{"id":"256","duplicate":false}"#)
            } else if exchange.hasBody {
                #expect(response.body.hasPrefix(#"{"error":""#))
            }
            #expect(store.stored.count == (exchange.status == 200 ? 1 : 0))
            #expect(running.responses(exchange.counted, endpoint: exchange.endpoint) == 1)
            if exchange.staysOpen, response.fields["connection"] != "close" {
                #expect(try await client.ask(Requests.post(key: "again")).status == 200)
            } else {
                #expect(response.fields["connection"] == "close")
                #expect(await client.isHungUp())
            }
        }
    }

    @Test(
        "a request whose end could be seen in two places is malformed, and nothing after it is read",
        arguments: [
            "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip", "Transfer-Encoding: identity", "Transfer-Encoding: chunked, gzip",
            "Transfer-Encoding: chunked;a=b", "Transfer-Encoding: xchunked", "Transfer-Encoding:",
            "Transfer-Encoding : chunked", "Transfer-Encoding: \u{b}chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 2", "Content-Length: 2\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked\r\nContent-Length: 2", "Content-Length: 2\r\nContent-Length: 2",
            "Content-Length: 2, 2", "Content-Length: +2", "Content-Length: -2", "Content-Length: 0x2",
            "Content-Length:", "Content-Length: 2 2", "Content-Length : 2", "Content-Length: 99999999999999999999999",
            "Transfer-Encoding:\r\n chunked", "Content-Length: 2\r\n 2", "Transfer-Encoding: chunked\r\n , chunked",
        ]
    )
    func ambiguous(fields: String) async throws {
        let store = TestStore()
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            let head = "POST /hooks/open HTTP/1.1\r\nHost: t\r\n\(fields)\r\n\r\n"
            let response = try await client.ask(head + "2\r\n{}\r\n0\r\n\r\n" + Requests.post())
            #expect([400, 501, 413].contains(response.status), "\(response.status)")
            #expect(response.fields["connection"] == "close")
            #expect(await client.isHungUp())
            #expect(store.stored.isEmpty)
        }
    }

    @Test("HTTP/1.0 knows no chunks")
    func oldVersion() async throws {
        let store = TestStore()
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            let head = "POST /hooks/open HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(try await client.ask(head + "2\r\n{}\r\n0\r\n\r\n").status == 400)
            #expect(await client.isHungUp())
            #expect(store.stored.isEmpty)
        }
    }

    @Test("a request to no endpoint is told of, with the endpoint that was probably meant and without its query")
    func unknownEndpoint() async throws {
        try await RunningReceiver.with(endpoints: [.test(), .test("stripe-prod")]) { running in
            let client = try await running.connect()
            let start = ContinuousClock.now
            for _ in 0..<100 {
                #expect(try await client.ask(Requests.post("/hooks/stripe-prd?key=hunter2")).status == 404)
            }
            #expect(running.responses("unknown-endpoint", endpoint: "") == 100)
            let lines = running.log.lines("Requests name no endpoint and are answered 404")
            #expect(
                lines.first?.metadata == ["path": "/hooks/stripe-prd", "nearest-endpoint": "stripe-prod", "count": "1"]
            )
            // The first is told at once, and the others together every ten seconds.
            #expect(lines.count <= 2 + Int((ContinuousClock.now - start) / .seconds(10)))
            #expect(!running.log.lines.contains { "\($0)".contains("hunter2") })
        }
    }

    @Test("a secret that a header carries is not kept, and everything else is as it came")
    func secretHeaders() async throws {
        let store = TestStore()
        let endpoint = ReceiverEndpoint.test(secretHeaders: ["authorization", "X-Shared-Secret"])
        try await RunningReceiver.with(store, endpoints: [endpoint]) { running in
            let client = try await running.connect()
            let fields = [
                "AUTHORIZATION: Bearer hunter2", "x-shared-secret: hunter3", "X-Shared-Secret: hunter4",
                "X-Other: kept",
                "Authorization-Info: kept",
            ]
            #expect(try await client.ask(Requests.post("/hooks/open", fields, body: "")).status == 200)
        }
        let wire = store.stored.first.map { String(decoding: $0.headers.wire, as: UTF8.self) }
        #expect(
            wire == "Host: test\nContent-Length: 0\nAUTHORIZATION: [redacted]\nx-shared-secret: [redacted]\n"
                + "X-Shared-Secret: [redacted]\nX-Other: kept\nAuthorization-Info: kept\n"
        )
    }

    @Test("a handshake is answered with what it asks for, and nothing is stored")
    func handshake() async throws {
        let store = TestStore()
        let endpoints = [ReceiverEndpoint.test(handshakeMethods: ["GET", "HEAD", "OPTIONS"]), .test("plain")]
        try await RunningReceiver.with(store, endpoints: endpoints) { running in
            let client = try await running.connect()
            let signed = try await client.ask(Requests.post("/hooks/open?a=b", body: "handshake"))
            #expect(signed.status == 200 && signed.body == "/hooks/open?a=b")
            let get = try await client.ask("GET /hooks/open?c=d HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(get.status == 200 && get.body == "/hooks/open?c=d")
            let forged = try await client.ask("GET /hooks/open HTTP/1.1\r\nHost: test\r\nForged: yes\r\n\r\n")
            #expect(forged.status == 401)
            for target in ["DELETE /hooks/open", "GET /hooks/plain"] {
                #expect(try await client.ask("\(target) HTTP/1.1\r\nHost: test\r\n\r\n").status == 405)
            }
            #expect(try await client.ask(Requests.post("/hooks/open")).status == 200)
            #expect(running.responses("handshake", endpoint: "open") == 2)
        }
        #expect(store.stored.count == 1)
    }

    @Test("a duplicate is answered with the first one's id, also within one commit")
    func duplicates() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let first = try await running.connect()
            try await first.send(Requests.post(key: "blocker"))
            let blocker = try await store.nextCall()
            let second = try await running.connect()
            try await second.send(
                Requests.post(key: "same") + Requests.post(key: "same") + Requests.post(key: "blocker")
            )
            try await running.until { running.requestsInFlight == 4 }
            blocker.succeed()
            let call = try await store.nextCall()
            #expect(call.deliveries.count == 3)
            call.succeed()
            #expect(try await first.response().body == #"{"id":"256","duplicate":false}"#)
            #expect(try await second.response().body == #"{"id":"512","duplicate":false}"#)
            #expect(try await second.response().body == #"{"id":"512","duplicate":true}"#)
            #expect(try await second.response().body == #"{"id":"256","duplicate":true}"#)
            #expect(running.responses("duplicate") == 2)
        }
    }

    @Test("refusals are counted by reason and told without anything from the request")
    func refusals() async throws {
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            _ = try await client.ask(Requests.post("/hooks/open", ["Forged: hunter2"], body: "hunter2"))
            #expect(running.metrics["postroom_intake_refusals_total{endpoint=\"open\",reason=\"forged\"}"] == 1)
            let lines = running.log.lines("Requests are refused")
            #expect(lines.map(\.metadata) == [["endpoint": "open", "reason": "forged", "count": "1"]])
            #expect(!running.log.lines.contains { "\($0)".contains("hunter2") })
            #expect(running.metrics.madeTwice.isEmpty)
        }
    }

    @Test(
        "an authentic body without a readable type is kept, counted by its reason and told",
        arguments: [UnreadableReason.Kind.notUTF8, .duplicateMember, .trailingBytes]
    )
    func unreadable(kind: UnreadableReason.Kind) async throws {
        try await RunningReceiver.with(endpoints: [.test(), .test("plain", promisesEventType: false)]) { running in
            let client = try await running.connect()
            for endpoint in ["open", "plain"] {
                for body in ["unreadable \(kind.rawValue) hunter2", "readable"] {
                    let response = try await client.ask(Requests.post("/hooks/\(endpoint)", [], body: body))
                    #expect(response.status == 200)
                }
            }
            let name = "postroom_intake_unreadable_total"
            #expect(running.metrics["\(name){endpoint=\"open\",reason=\"\(kind.rawValue)\"}"] == 1)
            #expect(running.metrics["\(name){endpoint=\"plain\",reason=\"\(kind.rawValue)\"}"] == 0)
            let lines = running.log.lines.filter { $0.message.hasPrefix("Deliveries name no event type") }
            #expect(lines.map(\.metadata) == [["endpoint": "open", "reason": kind.rawValue, "count": "1"]])
            #expect(!running.log.lines.contains { "\($0)".contains("hunter2") })
            #expect(running.metrics.madeTwice.isEmpty)
        }
    }

    @Test("what is accepted ends an endpoint's silence, what is refused does not")
    func silence() async throws {
        try await RunningReceiver.with(endpoints: [.test(expectedEvery: .seconds(60))]) { receiver in
            let gauge = "postroom_endpoint_silence_seconds{endpoint=\"open\"}"
            try await receiver.until { receiver.metrics[gauge] > 0.3 }
            let client = try await receiver.connect()
            try await client.send(Requests.post("/hooks/open", ["Forged: yes"]))
            #expect(try await client.response().status == 401)
            let before = receiver.metrics[gauge]
            try await receiver.until { receiver.metrics[gauge] > before }
            #expect(receiver.metrics.falls(of: gauge) == 0)
            try await client.send(Requests.post())
            #expect(try await client.response().status == 200)
            try await receiver.until { receiver.metrics.falls(of: gauge) == 1 }
        }
    }
}
