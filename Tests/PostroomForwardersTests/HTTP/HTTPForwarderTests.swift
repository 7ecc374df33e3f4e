import FoundationEssentials
import NIOHTTP1
import PostroomCore
import PostroomSources
import ServiceLifecycle
import Synchronization
import Testing

@testable import PostroomForwarders

@Suite("Forwarding over HTTP", .timeLimit(.minutes(3)))
struct HTTPForwarderTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Makes a forwarder to a port of this machine, and closes its connections after a body.
    static func with<Value>(
        port: Int,
        host: String = "127.0.0.1",
        lookup: HostLookup = .system,
        configure: (inout HTTPForwarder.Settings) -> Void = { _ in },
        _ body: (HTTPForwarder) async throws -> Value
    ) async throws -> Value {
        var settings = HTTPForwarder.Settings(target: try HTTPTarget("http://\(host):\(port)/hooks?a=b"))
        settings.allowsPrivate = true
        configure(&settings)
        let forwarder = try HTTPForwarder(settings, lookup: lookup)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(forwarder))
        } catch {
            outcome = .failure(error)
        }
        await forwarder.close()
        return try outcome.get()
    }

    @Test("the body goes on byte for byte, signed, with what there is to know in its headers")
    func request() async throws {
        try await TestReceiver.with { receiver, port in
            let context = attempt(
                "{\"né\":\u{0}\u{1F600}}",
                headers: [
                    (name: "content-type", value: "application/json; charset=utf-8"),
                    (name: "traceparent", value: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                    (name: "Authorization", value: "Bearer of the sender"),
                ],
                number: 3
            )
            try await Self.with(
                port: port,
                configure: {
                    $0.secrets = [Secret(Self.secret)]
                    $0.headers = [(name: "X-Token", value: Sensitive("abc"))]
                }
            ) { try await $0.forward(context) }

            let request = try #require(receiver.requests.first)
            #expect(request.head.method == .POST)
            #expect(request.head.uri == "/hooks?a=b")
            #expect(request.body == context.delivery.body)
            let expected = [
                "host": "127.0.0.1:\(port)", "content-type": "application/json; charset=utf-8",
                "idempotency-key": context.idempotencyKey, "webhook-id": context.idempotencyKey,
                "postroom-event-type": "invoice.paid", "postroom-source": "stripe", "postroom-endpoint": "billing",
                "postroom-delivery-id": "4711", "postroom-attempt": "3", "postroom-handler": "billing-app",
                "postroom-sender-key": "evt_1", "x-token": "abc",
                "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ]
            for (name, value) in expected {
                #expect(request.header(name) == value, "\(name)")
            }
            #expect(request.header("authorization") == nil)
            let verifier = try SourceRegistry.builtIn.verifier(for: .standardWebhooks, secrets: [Secret(Self.secret)])
            let headers = Headers(request.head.headers.map { (name: $0.name, value: $0.value) })
            let received = WebhookRequest(target: "/hooks", headers: headers, body: request.body)
            guard case .authentic = verifier.verify(received, now: .now) else {
                Issue.record("the signature is refused")
                return
            }
        }
    }

    @Test("another attempt carries the same identity")
    func identity() async throws {
        try await TestReceiver.with { receiver, port in
            try await Self.with(port: port, configure: { $0.secrets = [Secret(Self.secret)] }) { forwarder in
                for number in 1...2 {
                    try await forwarder.forward(attempt(number: number))
                }
            }
            #expect(Set(receiver.requests.map { $0.header("webhook-id") }).count == 1)
            #expect(Set(receiver.requests.map { $0.header("idempotency-key") }).count == 1)
        }
    }

    @Test("connections are used again")
    func pooled() async throws {
        let answer = TestReceiver.Answer(body: Array("thanks".utf8))
        try await TestReceiver.with(answering: { _ in answer }) { receiver, port in
            try await Self.with(port: port) { forwarder in
                for _ in 0..<20 {
                    try await forwarder.forward(attempt())
                }
            }
            #expect(receiver.requests.count == 20)
            #expect(receiver.connections == 1)
        }
    }

    @Test("a failure keeps the first kilobyte of the answer, escaped, and logs nothing of it")
    func evidence() async throws {
        let body = "no such\u{1B}[2J customer " + String(repeating: "x", count: 5000)
        let answer = TestReceiver.Answer(status: .internalServerError, body: Array(body.utf8))
        try await TestReceiver.with(answering: { _ in answer }) { _, port in
            let failure = try await Self.with(port: port) { try await failed(of: $0) }
            #expect(failure?.description == "answered 500 Internal Server Error")
            #expect(failure?.treatment == nil)
            let evidence = try #require(failure?.evidence)
            #expect(evidence.hasPrefix("no such\\u{1b}[2J customer xxx"))
            #expect(evidence.hasSuffix("…"))
            #expect((1024...1040).contains(evidence.utf8.count))
        }
    }

    @Test("a redirect is a failure, and nothing is sent to where it points")
    func redirect() async throws {
        try await TestReceiver.with { other, otherPort in
            let place = "http://127.0.0.1:\(otherPort)/"
            let answer = TestReceiver.Answer(status: .temporaryRedirect, headers: ["Location": place])
            try await TestReceiver.with(answering: { _ in answer }) { _, port in
                let failure = try await Self.with(port: port) { try await failed(of: $0) }
                #expect(failure?.description.contains("a redirect to \(place), which is not followed") == true)
            }
            #expect(other.requests.isEmpty)
        }
    }

    @Test(
        "a receiver that says when to come back is obeyed",
        arguments: [("30", HTTPResponseStatus.tooManyRequests), ("30", .serviceUnavailable)]
    )
    func retryAfter(_ text: String, _ status: HTTPResponseStatus) async throws {
        let answer = TestReceiver.Answer(status: status, headers: ["Retry-After": text])
        try await TestReceiver.with(answering: { _ in answer }) { _, port in
            let failure = try await Self.with(port: port) { try await failed(of: $0) }
            #expect(
                failure?.treatment
                    == (status == .tooManyRequests ? .busy(for: .seconds(30)) : .retry(after: .seconds(30)))
            )
        }
    }

    @Test(
        "a date to come back at counts by the receiver's clock, in each form that HTTP has",
        arguments: [
            ("Sun, 06 Nov 1994 08:51:37 GMT", .retry(after: .seconds(120))),
            ("Sunday, 06-Nov-94 08:51:37 GMT", .retry(after: .seconds(120))),
            ("Sun Nov  6 08:51:37 1994", .retry(after: .seconds(120))), ("Sun, -6 Nov 1994 08:51:37 GMT", nil),
        ] as [(String, HandlerError?)]
    )
    func retryAfterDate(_ date: String, _ treatment: HandlerError?) async throws {
        let headers: HTTPHeaders = ["Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After": date]
        let answer = TestReceiver.Answer(status: .serviceUnavailable, headers: headers)
        try await TestReceiver.with(answering: { _ in answer }) { _, port in
            let failure = try await Self.with(port: port) { try await failed(of: $0) }
            #expect(failure?.description == "answered 503 Service Unavailable")
            #expect(failure?.treatment == treatment)
        }
    }

    @Test("an answer that never ends is read no longer than its limit, and its status counts")
    func oversized() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 20)
        for (status, isHandled) in [(HTTPResponseStatus.ok, true), (.badGateway, false)] {
            let answer = TestReceiver.Answer(status: status, body: body, isUnfinished: true)
            try await TestReceiver.with(answering: { _ in answer }) { _, port in
                let failure = try await Self.with(port: port, configure: { $0.answerLimit = 1 << 16 }) { forwarder in
                    try await failed(of: forwarder)
                }
                #expect((failure == nil) == isHandled)
            }
        }
    }

    @Test("an attempt that is cancelled waits for no answer")
    func slow() async throws {
        try await TestReceiver.with(answering: { _ in TestReceiver.Answer(isMissing: true) }) { receiver, port in
            try await Self.with(port: port) { forwarder in
                let isEnded = await withTaskGroup(of: Bool.self) { group in
                    group.addTask { (try? await forwarder.forward(attempt())) == nil }
                    await receiver.waitForRequest()
                    group.cancelAll()
                    return await group.next()
                }
                #expect(isEnded == true)
            }
        }
    }

    @Test("nobody who listens is a failure with words")
    func refused() async throws {
        let port = try await TestReceiver.with { _, port in port }
        let failure = try await Self.with(port: port) { try await failed(of: $0) }
        #expect(failure?.description == "no answer from 127.0.0.1 (127.0.0.1): Connection refused")
        #expect(failure?.treatment == nil)
    }

    // MARK: - Names

    @Test(
        "a name whose addresses are private is not connected to, in whatever form they come",
        arguments: [
            (["127.0.0.1", "10.0.0.1"], "127.0.0.1 is a loopback address, 10.0.0.1 is a private address"),
            (["::ffff:127.0.0.1"], "127.0.0.1 is a loopback address"),
            (["64:ff9b::7f00:1"], "64:ff9b::7f00:1 is a loopback address"), (["::1"], "::1 is a loopback address"),
            (["169.254.169.254"], "169.254.169.254 is the address of a cloud's metadata"),
        ]
    )
    func privateName(_ addresses: [String], _ reason: String) async throws {
        try await TestReceiver.with { receiver, port in
            let failure = try await Self.with(
                port: port,
                host: "hooks.example.com",
                lookup: HostLookup { _ in addresses.compactMap { IPAddress($0) } },
                configure: { $0.allowsPrivate = false }
            ) { try await failed(of: $0) }
            #expect(
                failure?.description
                    == "hooks.example.com is not connected to: \(reason); set allow-private: true if that is meant"
            )
            #expect(receiver.connections == 0)
        }
    }

    @Test("the system is asked for the addresses of a name, and what it says is checked")
    func privateNameOfTheSystem() async throws {
        try await TestReceiver.with { receiver, port in
            let failure = try await Self.with(
                port: port,
                host: "localhost",
                configure: { $0.allowsPrivate = false }
            ) { try await failed(of: $0) }
            #expect(failure?.description.contains("is a loopback address") == true)
            #expect(receiver.connections == 0)
            try await Self.with(port: port, host: "localhost") { forwarder in
                // A machine may name ::1 first, where nobody listens.
                let failures = [try await failed(of: forwarder), try await failed(of: forwarder)]
                #expect(failures.contains(nil))
            }
        }
    }

    @Test("the address that was checked is the one that is connected to, whatever the name means then")
    func rebinding() async throws {
        try await TestReceiver.with { receiver, port in
            let lookups = Mutex(0)
            let lookup = HostLookup { _ in
                // The first answer is right; every later one leads elsewhere.
                let isFirst = lookups.withLock { lookups in
                    lookups += 1
                    return lookups == 1
                }
                return [isFirst ? "127.0.0.1" : "203.0.113.1"].compactMap { IPAddress($0) }
            }
            try await Self.with(port: port, host: "hooks.example.com", lookup: lookup) { forwarder in
                for _ in 0..<3 {
                    try await forwarder.forward(attempt())
                }
            }
            #expect(
                receiver.requests.map { $0.header("host") } == Array(repeating: "hooks.example.com:\(port)", count: 3)
            )
            #expect(lookups.withLock(\.self) == 1)
        }
    }

    @Test("an address that can't be reached gives way to the next one")
    func nextAddress() async throws {
        try await TestReceiver.with { receiver, port in
            let lookup = HostLookup { _ in ["127.0.0.2", "127.0.0.1"].compactMap { IPAddress($0) } }
            try await Self.with(port: port, host: "hooks.example.com", lookup: lookup) { forwarder in
                let failures = [try await failed(of: forwarder), try await failed(of: forwarder)]
                #expect(failures.map { $0 == nil } == [false, true])
            }
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("a host that has moved is followed, and its old connections are closed")
    func moved() async throws {
        try await TestReceiver.with { receiver, port in
            let isMoved = Mutex(false)
            let lookup = HostLookup { _ in
                [isMoved.withLock(\.self) ? "127.0.0.1" : "127.0.0.2"].compactMap { IPAddress($0) }
            }
            try await Self.with(port: port, host: "hooks.example.com", lookup: lookup) { forwarder in
                let before = try await failed(of: forwarder)
                isMoved.withLock { $0 = true }
                let after = try await failed(of: forwarder)
                #expect(before != nil)
                #expect(after == nil)
            }
            #expect(receiver.requests.count == 1)
        }
    }

    @Test("a name that has no address is a failure with words")
    func noAddress() async throws {
        let failure = try await Self.with(port: 80, host: "no-such-host.invalid") { forwarder in
            try await failed(of: forwarder)
        }
        #expect(failure?.description.hasPrefix("the host no-such-host.invalid has no address: ") == true)
    }

    // MARK: - TLS

    @Test("a certificate is trusted by its authority and for its name only")
    func certificates() async throws {
        try await TestAuthority.with(name: "hooks.example.com") { authority in
            try await TestReceiver.with(tls: authority.context) { receiver, port in
                let lookup = HostLookup { _ in ["127.0.0.1"].compactMap { IPAddress($0) } }
                func failure(_ host: String, _ file: String?) async throws -> ForwardFailure? {
                    let target = try HTTPTarget("https://\(host):\(port)/")
                    return try await Self.with(
                        port: port,
                        lookup: lookup,
                        configure: {
                            $0.target = target
                            $0.authorities = file
                        }
                    ) { try await failed(of: $0) }
                }
                let trusted = try await failure("hooks.example.com", authority.file)
                let untrusted = try await failure("hooks.example.com", nil)
                let misnamed = try await failure("other.example.com", authority.file)
                #expect(trusted == nil)
                #expect(untrusted?.description.hasPrefix("no answer from") == true)
                #expect(misnamed?.description.hasPrefix("no answer from") == true)
                #expect(receiver.requests.map { $0.header("host") } == ["hooks.example.com:\(port)"])
            }
        }
    }
}
