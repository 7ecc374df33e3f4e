import FoundationEssentials
import Logging
import PostroomCore
import Testing

private struct Ping: WebhookEvent, Equatable {
    static let source: Source = .dynamic
    static let eventTypes = ["ping", "ping.again"]
    let text: String

    init(decoding event: Event) throws {
        guard !event.body.isEmpty else { throw UndecodableEvent(path: "a.b", expectation: "expected a body") }
        self.text = String(decoding: event.body, as: UTF8.self)
    }
}

private struct Audit: EventHandler {
    let name: HandlerName = "audit"
    let subscription = Subscription<Event>
        .matching(
            .events(from: .wacht, matching: "user.*"),
            .events(from: .anthropic)
        )

    func handle(_ event: Event, _ context: HandlerContext) async throws {
        throw HandlerError.permanent("\(event.idempotencyKey) \(context.attempt)")
    }
}

@Suite("The handler registry")
struct HandlerRegistryTests {
    private func event(_ body: String) -> Event {
        let delivery = Delivery(
            id: DeliveryID(rawValue: 513),
            endpoint: "test",
            source: .dynamic,
            eventType: "ping",
            idempotencyKey: "key",
            receivedAt: Timestamp(rawValue: 0),
            headers: Headers(),
            body: Array(body.utf8)
        )
        return Event(delivery: delivery, details: EventDetails())
    }

    private func context(_ event: Event) -> HandlerContext {
        HandlerContext(handler: "h", attempt: 3, event: event, logger: Logger(label: "test"))
    }

    @Test("a program without mistakes has no problems")
    func noProblems() {
        var registry = HandlerRegistry()
        registry.on(Ping.self, named: "a") { _, _ in }
        registry.on(.everything, named: "b") { _, _ in }
        registry.register(Audit())
        #expect(registry.problems.isEmpty)
        #expect(registry.handlers.map(\.name) == ["a", "b", "audit"])
    }

    @Test("each mistake is a problem that says what to do")
    func problems() {
        let mistakes: [(String, (inout HandlerRegistry) -> Void)] = [
            ("empty name", { $0.on(.everything, named: "") { _, _ in } }),
            (
                "two handlers are named 'x'",
                { registry in
                    registry.on(.everything, named: "x") { _, _ in }
                    registry.on(Ping.self, named: "x") { _, _ in }
                }
            ),
            ("control characters", { $0.on(.everything, named: "a\u{0}b") { _, _ in } }),
            ("control characters", { $0.on(.everything, named: "a\nb") { _, _ in } }),
            (
                "'x' is the former name of handler 'y' and a name of another one",
                { registry in
                    registry.on(.everything, named: "x") { _, _ in }
                    registry.on(.everything, named: "y", formerly: ["x"]) { _, _ in }
                }
            ),
            (
                "'x' is the former name of handler 'y' and a name of another one",
                { registry in
                    registry.on(.everything, named: "y", formerly: ["w", "x"]) { _, _ in }
                    registry.on(.everything, named: "x") { _, _ in }
                }
            ),
            (
                "'y' is the former name of handler 'y' and a name of another one",
                { $0.on(Ping.self, named: "y", formerly: ["y"]) { _, _ in } }
            ),
            ("timeout of nothing", { $0.on(.everything, named: "x", timeout: .zero) { _, _ in } }),
        ]
        for (text, mistake) in mistakes {
            var registry = HandlerRegistry()
            mistake(&registry)
            #expect(registry.problems.count == 1, "\(text)")
            #expect(registry.problems.first?.contains(text) == true, "\(text)")
        }
    }

    @Test("a handler of a type wants its types of its source only")
    func subscriptions() throws {
        var registry = HandlerRegistry()
        registry.on(Ping.self, named: "a") { _, _ in }
        registry.register(Audit())
        let typed = try #require(registry.handlers.first)
        #expect(
            typed.patterns == [
                .events(from: .dynamic, matching: "ping"), .events(from: .dynamic, matching: "ping.again"),
            ]
        )
        #expect(typed.subscribes(toSource: .dynamic, eventType: "ping.again"))
        #expect(!typed.subscribes(toSource: .wacht, eventType: "ping"))
        #expect(!typed.subscribes(toSource: .dynamic, eventType: nil))
        let audit = try #require(registry.handlers.last)
        #expect(audit.decoder == nil)
        #expect(audit.subscribes(toSource: .anthropic, eventType: nil))
        #expect(audit.subscribes(toSource: .wacht, eventType: "user.created"))
        #expect(!audit.subscribes(toSource: .wacht, eventType: "session.created"))
    }

    @Test("a handler of a type at one endpoint wants no other endpoint's, and a name that can't be stored is a problem")
    func subscriptionsAtEndpoint() {
        var registry = HandlerRegistry()
        registry.on(Ping.self, at: "staging", named: "a") { _, _ in }
        #expect(registry.handlers[0].subscribes(toSource: .dynamic, at: "staging", eventType: "ping"))
        #expect(!registry.handlers[0].subscribes(toSource: .dynamic, at: "live", eventType: "ping"))
        #expect(registry.problems.isEmpty)
        registry.on(.events(from: .custom, at: "a:b"), named: "b") { _, _ in }
        registry.on(.events(from: "", matching: "x"), named: "c") { _, _ in }
        #expect(registry.problems.count == 2)
        #expect(registry.problems.first?.contains("handler 'b' subscribes to 'custom@a:b:*'") == true)
    }

    @Test("a handler runs on what was decoded for it, and decodes itself where nothing was")
    func run() async throws {
        let (seen, continuation) = AsyncStream.makeStream(of: String.self)
        var registry = HandlerRegistry()
        registry.on(Ping.self, named: "a") { ping, context in
            continuation.yield(
                "\(ping.text) \(context.attempt) \(context.delivery.idempotencyKey) \(context.deliveryID)"
            )
        }
        let handler = try #require(registry.handlers.first)
        let event = event("body")
        let decoded = try handler.decoder?.decode(self.event("decoded"))
        try await handler.run(event, decoded, context(event))
        try await handler.run(event, nil, context(event))
        continuation.finish()
        var list: [String] = []
        for await text in seen {
            list.append(text)
        }
        #expect(list == ["decoded 3 key 513", "body 3 key 513"])
    }

    @Test("handlers of one type share a decoder, and its failure names the place")
    func decoders() throws {
        var registry = HandlerRegistry()
        registry.on(Ping.self, named: "a") { _, _ in }
        registry.on(Ping.self, named: "b") { _, _ in }
        let identities = registry.handlers.compactMap(\.decoder?.identity)
        #expect(identities.count == 2 && Set(identities).count == 1)
        let error = #expect(throws: UndecodableEvent.self) { try registry.handlers[0].decoder?.decode(event("")) }
        #expect(error?.description == "a.b: expected a body")
        #expect(UndecodableEvent(path: "", expectation: "expected a body").description == "expected a body")
    }

    @Test("a conforming type's errors come through, and its options default")
    func conformingType() async throws {
        var registry = HandlerRegistry()
        registry.register(Audit())
        let audit = try #require(registry.handlers.first)
        #expect(audit.options == HandlerOptions(retry: .exponential(), timeout: .seconds(30)))
        let event = event("x")
        await #expect(throws: HandlerError.permanent("key 3")) { try await audit.run(event, nil, context(event)) }
    }

    /// A name, and what its problem says; `nil` where it is good.
    static let names: [(HandlerName, String?)] = [
        ("crm.sync", nil), ("caf\u{E9}.sync", nil), ("\u{65E5}\u{672C}", nil),
        ("cafe\u{301}.sync", "NFD"), ("\u{212B}ngstrom", "NFD"), ("\u{1112}\u{1161}\u{11AB}", "NFD"),
        (HandlerName(rawValue: String(repeating: "a", count: 200)), nil),
        (HandlerName(rawValue: String(repeating: "a", count: 201)), "201 bytes"),
        (HandlerName(rawValue: String(repeating: "\u{E9}", count: 101)), "202 bytes"),
    ]

    @Test("a name that the database can't keep or would tell from its like is a problem", arguments: names)
    func name(_ name: HandlerName, _ problem: String?) {
        var registry = HandlerRegistry()
        registry.on(.everything, named: name) { _, _ in }
        #expect(registry.problems.count == (problem == nil ? 0 : 1))
        #expect(problem.map { registry.problems.first?.contains($0) ?? false } ?? true)
    }
}

extension RegisteredHandler {
    /// Tells whether it wants a delivery of that source, endpoint and type.
    func subscribes(toSource source: Source, at endpoint: EndpointName = "a", eventType: String?) -> Bool {
        patterns.contains { $0.matches(source: source, endpoint: endpoint, eventType: eventType) }
    }
}
