import NIOCore
import PostroomCore
import Synchronization
import Testing

@testable import PostroomReceiver

@Suite("Slow senders that hold memory", .serialized, .timeLimit(.minutes(3)))
struct PressureTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        /// The addresses that it comes from.
        let addresses: [String]
        /// The address of the honest sender.
        var honest = "127.0.0.9"
        var proxies: [AddressRange] = []
        /// So much that it takes longer than a second to fill: whoever is younger has to be waited for.
        var memory = 4 << 20
        /// The beginning of each connection, and the piece with which it goes on for ever.
        var beginning = "POST /hooks/open HTTP/1.1\r\nContent-Length: 60000\r\n\r\n"
        var piece = String(repeating: "x", count: 512)

        var testDescription: String { name }

        static let many = (11...18).map { "127.0.0.\($0)" }
    }

    @Test(
        "are cut off before they cost an honest sender a 503",
        arguments: [
            Attack(name: "bodies from one address", addresses: ["127.0.0.2"]),
            Attack(name: "bodies from many addresses", addresses: Attack.many),
            Attack(name: "bodies from the honest sender's address", addresses: ["127.0.0.9"]),
            Attack(
                name: "bodies through the honest sender's proxy",
                addresses: ["127.0.0.9"],
                proxies: [AddressRange("127.0.0.0/8")].compactMap(\.self)
            ),
            Attack(
                name: "bodies in chunks from many addresses",
                addresses: Attack.many,
                beginning: "POST /hooks/open HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                piece: "200\r\n" + String(repeating: "x", count: 512) + "\r\n"
            ),
            Attack(
                name: "heads from many addresses",
                addresses: Attack.many,
                memory: 8 << 20,
                beginning: "POST /hooks/open HTTP/1.1\r\n",
                piece: "X-Y: " + String(repeating: "x", count: 700) + "\r\n"
            ),
        ]
    )
    func honestSenders(attack: Attack) async throws {
        let configure: (inout ReceiverConfiguration) -> Void = {
            $0.limits.bodyBytes = attack.memory
            $0.limits.proxies = attack.proxies
        }
        try await RunningReceiver.with(configure: configure) { running in
            try await withThrowingTaskGroup(of: Void.self) { attackers in
                for number in 0..<96 {
                    let address = attack.addresses[number % attack.addresses.count]
                    attackers.addTask { try await Self.attack(attack, from: address, port: running.port) }
                }
                var honest = try await running.connect(from: attack.honest)
                var highest = 0
                var number = 0
                let body = String(repeating: "y", count: 8192)
                while running.metrics["postroom_intake_evictions_total"] < 96 {
                    try Task.checkCancellation()
                    let start = ContinuousClock.now
                    let response = try await honest.ask(Requests.post("/hooks/open", ["Key: \(number)"], body: body))
                    number += 1
                    if response.status != 200 {
                        // A machine that was busy for so long has made a slow sender of it.
                        #expect(ContinuousClock.now - start > .seconds(1), "\(response.status) in its first second")
                        honest = try await running.connect(from: attack.honest)
                    }
                    highest = max(highest, running.bodyBytes)
                }
                #expect(highest > attack.memory / 4, "the attack has held memory")
                #expect(highest <= attack.memory)
                attackers.cancelAll()
            }
            #expect(running.responses("overloaded") + running.responses("overloaded", endpoint: "") > 0)
            #expect(running.log.lines("Memory for requests is short; the slowest senders are answered 503").count > 0)
            #expect(running.metrics.madeTwice.isEmpty)
        }
    }

    /// Sends some 10 kB a second, for ever, and begins anew when it is cut off.
    private static func attack(_ attack: Attack, from address: String, port: Int) async throws {
        while !Task.isCancelled {
            guard let client = try? await RawClient.connect(to: port, from: address) else { continue }
            do {
                try await client.send(attack.beginning)
                while !Task.isCancelled, client.receivedBytes == 0 {
                    try await client.send(attack.piece)
                    // Slowness is what this sender is about; nothing is waited for.
                    try await Task.sleep(for: .milliseconds(50))
                }
            } catch {}
            try? await client.close()
        }
    }

    @Test("when memory is short the slowest sender makes room, and nobody else")
    func slowestFirst() async throws {
        let configure: (inout ReceiverConfiguration) -> Void = {
            // Memory is short beyond 100,000 bytes, until 80,000 are free.
            $0.limits.bodyBytes = 160_000
            $0.eventLoops = 1
        }
        try await RunningReceiver.with(configure: configure) { running in
            /// A sender that has sent all of a body but its last byte.
            func unfinished(_ length: Int) async throws -> RawClient {
                let client = try await running.connect()
                let held = running.bodyBytes
                let body = String(repeating: "x", count: length - 1)
                try await client.send("POST /hooks/open HTTP/1.1\r\nContent-Length: \(length)\r\n\r\n" + body)
                try await running.until { running.bodyBytes >= held + length }
                return client
            }
            let slowest = try await unfinished(26_000)
            let quickest = try await unfinished(50_000)
            let youngest = try await unfinished(27_000)
            // Requests that come while memory is short let it be looked for, and all are answered.
            let honest = try await running.connect()
            while running.metrics["postroom_intake_evictions_total"] == 0 {
                try Task.checkCancellation()
                #expect(try await honest.ask(Requests.post()).status == 200)
            }
            #expect(try await slowest.response().status == 503)
            #expect(try await quickest.ask("x").status == 200)
            #expect(try await youngest.ask("x").status == 200)
            #expect(running.metrics["postroom_intake_evictions_total"] == 1)
        }
    }

    @Test("one address holds no more than its share of the memory, and others come in")
    func addressShare() async throws {
        let configure: (inout ReceiverConfiguration) -> Void = {
            // Half of it is an address's share.
            $0.limits.bodyBytes = 160_000
            $0.limits.proxies = []
        }
        let body = String(repeating: "x", count: 39_000)
        try await RunningReceiver.with(configure: configure) { running in
            for number in 1...2 {
                let greedy = try await running.connect(from: "127.0.0.2")
                try await greedy.send("POST /hooks/open HTTP/1.1\r\nContent-Length: 39001\r\n\r\n" + body)
                try await running.until { running.bodyBytes >= number * 39_000 }
            }
            let third = try await running.connect(from: "127.0.0.2")
            let status = try await third.ask(Requests.post(body: String(body.prefix(10_000)))).status
            // Its other senders make room for it once they are a second old.
            #expect(status == 503 || running.metrics["postroom_intake_evictions_total"] > 0)
            let other = try await running.connect(from: "127.0.0.3")
            #expect(try await other.ask(Requests.post(body: body)).status == 200)
        }
    }

    @Test("one address holds no more than its share of the connections, and others come in")
    func connections() async throws {
        let configure: (inout ReceiverConfiguration) -> Void = {
            $0.limits.connections = 8
            $0.limits.proxies = []
        }
        try await RunningReceiver.with(configure: configure) { running in
            var greedy: [RawClient] = []
            for _ in 0..<4 {
                greedy.append(try await running.connect(from: "127.0.0.2"))
            }
            try await running.until { running.connections == 4 }
            for _ in 0..<4 {
                #expect(await (try running.connect(from: "127.0.0.2")).isHungUp())
            }
            let other = try await running.connect(from: "127.0.0.3")
            #expect(try await other.ask(Requests.post()).status == 200)
            #expect(running.metrics["postroom_receiver_turned_away_total{reason=\"address-share\"}"] == 4)
            #expect(running.log.lines("Connections are turned away").map(\.metadata["reason"]) == ["address-share"])
            try await greedy[0].close()
            try await running.until { running.connections == 4 }
            #expect(try await (try await running.connect(from: "127.0.0.2")).ask(Requests.post()).status == 200)
        }
    }

    struct Piece: CustomTestStringConvertible {
        let name: String
        let sent: [String]
        /// The memory that is charged for it.
        let charged: ClosedRange<Int>

        var testDescription: String { name }
    }

    private static let field = "X-Y: " + String(repeating: "x", count: 9000) + "\r\n"
    private static let fields = String(repeating: field, count: 4)
    private static let start = "POST /hooks/open HTTP/1.1\r\n"

    @Test(
        "what the decoder keeps counts as memory, and is given back",
        arguments: [
            Piece(name: "a head that has not ended", sent: [start, fields], charged: 70_000...75_000),
            Piece(name: "a head that comes in one piece", sent: [start + fields], charged: 70_000...75_000),
            Piece(
                name: "a head behind a whole request in one piece",
                sent: [Requests.post() + start + fields],
                charged: 70_000...75_000
            ),
            Piece(
                name: "a whole head whose body has not come",
                sent: [start + fields + "Content-Length: 5\r\n\r\n"],
                charged: 36_000...37_000
            ),
            Piece(
                name: "a body that has not ended",
                sent: [start + "Content-Length: 50000\r\n\r\n", String(repeating: "x", count: 30_000)],
                charged: 30_000...50_100
            ),
            Piece(
                name: "trailers that have not ended",
                sent: [start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", fields],
                charged: 70_000...75_000
            ),
            Piece(
                name: "the extension of a chunk, however long",
                sent: [start + "Transfer-Encoding: chunked\r\n\r\n2;"]
                    + Array(repeating: fields.filter { $0 == "x" }, count: 9),
                charged: 131_000...132_000
            ),
            Piece(name: "requests in pieces", sent: ["POST /ho", "oks/open HTTP/1.1\r\nX: y"], charged: 20...100),
        ]
    )
    func decoderMemory(row: Piece) async throws {
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            for piece in row.sent {
                try await client.send(piece)
            }
            try await running.until { row.charged.contains(running.bodyBytes) }
            try await client.close()
            try await running.until { running.connections == 0 }
            #expect(running.bodyBytes == 0)
        }
    }

    @Test("requests that are answered leave nothing charged on an open connection, whatever their form")
    func nothingLeft() async throws {
        let chunks = (0..<200).map { String(repeating: "z", count: 1 + $0 % 7) }
        try await RunningReceiver.with { running in
            let client = try await running.connect()
            for text in [
                Requests.post(), Requests.post(body: ""), Requests.chunked(chunks), Requests.post("/hooks/none"),
                Requests.post("/hooks/open", ["Forged: 1"]), "GET /hooks/open HTTP/1.1\r\nHost: t\r\n\r\n",
                Requests.post("/hooks/open", (0..<100).map { "X-\($0): \(String(repeating: "v", count: 300))" }),
            ] {
                _ = try await client.ask(text)
                #expect(running.bodyBytes == 0, "\(text.prefix(60))")
            }
        }
    }
}
