import PostroomCore
import PostroomReceiver
import Testing

@Suite("Bodies", .timeLimit(.minutes(3)))
struct BodyTests {
    static let bodies: [(name: String, bytes: [UInt8])] = [
        ("empty", []),
        ("every byte", Array(UInt8.min...UInt8.max)),
        ("not UTF-8", [0xff, 0xfe, 0x00, 0xc3, 0x28]),
        ("line ends", Array("\r\n\r\n0\r\n\r\nPOST / HTTP/1.1\r\n".utf8)),
        ("gzip, which is kept as it came", [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("long", (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }),
    ]

    @Test("a body is kept byte for byte", arguments: bodies)
    func exact(body: (name: String, bytes: [UInt8])) async throws {
        let store = TestStore()
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            let head =
                "POST /hooks/open HTTP/1.1\r\nKey: 1\r\nContent-Encoding: gzip\r\nContent-Length: \(body.bytes.count)\r\n\r\n"
            try await client.send(Array(head.utf8) + body.bytes)
            #expect(try await client.response().status == 200)
            let chunks = stride(from: 0, to: body.bytes.count, by: 50_000)
                .map { start in
                    Array(body.bytes[start..<min(start + 50_000, body.bytes.count)])
                }
            try await client.send("POST /hooks/open HTTP/1.1\r\nKey: 2\r\nTransfer-Encoding: chunked\r\n\r\n")
            for chunk in chunks {
                try await client.send(Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8))
            }
            try await client.send("0\r\nX-Trailer: 1\r\n\r\n")
            #expect(try await client.response().status == 200)
            #expect(store.stored.map { $0.body == body.bytes } == [true, true])
            #expect(running.bodyBytes == 0)
        }
    }

    @Test("header fields are kept as they came, duplicates too")
    func headers() async throws {
        let store = TestStore()
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            _ = try await client.ask(Requests.post("/hooks/open", ["x-SIG: a", "X-Sig: b", "Empty:"], body: ""))
            let wire = store.stored.first.map { String(decoding: $0.headers.wire, as: UTF8.self) }
            #expect(wire == "Host: test\nContent-Length: 0\nx-SIG: a\nX-Sig: b\nEmpty: \n")
        }
    }

    @Test("a body of exactly the limit is taken, announced or not; one byte more is not")
    func limit() async throws {
        let store = TestStore()
        try await RunningReceiver.with(store, endpoints: [.test(bodyLimit: 10)]) { running in
            for tooLong in [Requests.post(body: "0123456789a"), Requests.chunked(["01234", "56789", "a"])] {
                let client = try await running.connect()
                #expect(try await client.ask(Requests.post(body: "0123456789")).status == 200)
                #expect(try await client.ask(Requests.chunked(["01234", "56789"])).status == 200)
                #expect(try await client.ask(tooLong).status == 413)
                #expect(await client.isHungUp())
            }
            #expect(running.bodyBytes == 0)
        }
        #expect(store.stored.allSatisfy { $0.body == Array("0123456789".utf8) })
    }

    @Test("a sender that is still sending can read that its body is too long")
    func stillSending() async throws {
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            try await client.send("POST /hooks/open HTTP/1.1\r\nContent-Length: 90000000\r\n\r\n")
            let part = String(repeating: "x", count: 100_000)
            for _ in 0..<20 {
                try await client.send(part)
            }
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.fields["connection"] == "close")
            #expect(running.bodyBytes == 0)
        }
    }

    @Test("a sender that asks first is told to go on")
    func goOn() async throws {
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            let head = "POST /hooks/open HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            #expect(try await client.ask(head, hasBody: false).status == 100)
            #expect(try await client.ask("{}").status == 200)
        }
    }

    @Test("a sender that asks while it is owed an answer is told to go on after that answer")
    func goOnLater() async throws {
        let store = TestStore(gated: true)
        try await RunningReceiver.with(store) { running in
            let client = try await running.connect()
            let head = "POST /hooks/open HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            try await client.send(Requests.post(key: "1") + head)
            let call = try await store.nextCall()
            #expect(client.receivedBytes == 0)
            call.succeed()
            #expect(try await client.response().status == 200)
            #expect(try await client.response(hasBody: false).status == 100)
            try await client.send("{}")
            try await store.nextCall().succeed()
            #expect(try await client.response().status == 200)
        }
    }

    @Test(
        "a sender that asks first is refused before it sends the body",
        arguments: [
            ("POST /hooks/none HTTP/1.1", 2, 404), ("PUT /hooks/open HTTP/1.1", 2, 405),
            ("POST /hooks/open HTTP/1.1", 1 << 21, 413),
        ]
    )
    func refusedFirst(start: String, length: Int, status: Int) async throws {
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            let response = try await client.ask("\(start)\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
            #expect(response.status == status)
            #expect(response.fields["connection"] == "close")
            #expect(await client.isHungUp())
        }
    }
}
