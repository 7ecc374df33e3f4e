import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("Routing")
struct RoutingTests {
    /// A handler in the directory and in the code, and where a `user.created` goes.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var directory: [EventPattern] = [.everything]
        var isPaused = false
        var recordedAt: Int64 = 0
        /// The number of the delivery's batch is 1.
        var afterBatch: Int64?
        var code: [EventPattern]? = [.everything]
        var isTransactional = false
        let runs: Bool
        var owed: Duration?
    }

    static let cases = [
        Case(testDescription: "both match", runs: true),
        Case(testDescription: "the directory does not match", directory: [.events(from: .wacht)], runs: false),
        Case(testDescription: "it is paused", isPaused: true, runs: false, owed: .zero),
        Case(testDescription: "this worker does not have it", code: nil, runs: false, owed: .zero),
        Case(testDescription: "only newer code matches", code: [.events(from: .wacht)], runs: false, owed: .seconds(7)),
        Case(testDescription: "its jobs run singly", isTransactional: true, runs: false, owed: .zero),
        Case(testDescription: "it was recorded after the delivery came", recordedAt: 1001, runs: false),
        Case(testDescription: "it was recorded as the delivery came", recordedAt: 1000, runs: true),
        Case(testDescription: "by time it came too early, by number not", recordedAt: 1001, afterBatch: 0, runs: true),
        Case(testDescription: "by time and number it came too early", recordedAt: 1001, afterBatch: 1, runs: false),
        Case(testDescription: "by number it came too early, by time not", recordedAt: 1000, afterBatch: 1, runs: true),
    ]

    @Test("a delivery goes where directory and code say", arguments: cases)
    func route(of example: Case) {
        let entry = HandlerDirectory.Entry(
            name: "crm",
            patterns: example.directory,
            recordedAt: Timestamp(rawValue: example.recordedAt),
            afterBatch: example.afterBatch.map(BatchID.init(rawValue:)),
            isPaused: example.isPaused
        )
        var registry = HandlerRegistry()
        for pattern in example.code ?? [] {
            registry.on(pattern, named: "crm", isTransactional: example.isTransactional) { _, _ in }
        }
        let directory = HandlerDirectory(version: 1, entries: [entry])
        let router = Router(directory, registry.handlers, newerCodeDelay: .seconds(7))
        var cache = RouteCache()
        for _ in 0..<2 {
            let route = cache.route(Fixture.delivery(0), by: router)
            #expect(route.runs == (example.runs ? [0] : []))
            #expect(route.owed.map(\.dueIn) == (example.owed.map { [$0] } ?? []))
        }
    }

    @Test("a remembered route ends with its directory")
    func newDirectory() {
        var registry = HandlerRegistry()
        registry.on(.everything, named: "crm") { _, _ in }
        var cache = RouteCache()
        for (version, isPaused) in [(Int64(1), false), (2, true), (3, false)] {
            let entry = HandlerDirectory.Entry(
                name: "crm",
                patterns: [.everything],
                recordedAt: Timestamp(rawValue: 0),
                isPaused: isPaused
            )
            let directory = HandlerDirectory(version: version, entries: [entry])
            let router = Router(directory, registry.handlers, newerCodeDelay: .zero)
            let route = cache.route(Fixture.delivery(0), by: router)
            #expect(route.runs.isEmpty == isPaused)
        }
    }

    @Test("endpoints of one source have routes of their own where a handler subscribes at one of them")
    func endpoints() {
        var registry = HandlerRegistry()
        registry.on(.events(from: .bearer, at: "orders"), named: "orders") { _, _ in }
        registry.on(.events(from: .bearer), named: "all") { _, _ in }
        let entries = registry.handlers.map { handler in
            HandlerDirectory.Entry(
                name: handler.name,
                patterns: handler.patterns,
                recordedAt: Timestamp(rawValue: 0),
                isPaused: false
            )
        }
        let router = Router(HandlerDirectory(version: 1, entries: entries), registry.handlers, newerCodeDelay: .zero)
        var cache = RouteCache()
        for _ in 0..<2 {
            #expect(cache.route(Fixture.delivery(0, endpoint: "orders"), by: router).runs == [0, 1])
            #expect(cache.route(Fixture.delivery(1, endpoint: "stock"), by: router).runs == [1])
        }
        let other = Router(HandlerDirectory(version: 2, entries: entries), [], newerCodeDelay: .zero)
        let owed = { (endpoint: EndpointName) in
            other.route(Fixture.delivery(0, endpoint: endpoint)).owed.map(\.handler)
        }
        #expect(owed("orders") == ["orders", "all"])
        #expect(owed("stock") == ["all"])
    }

    @Test("event types that only look the same have routes of their own")
    func lookalikes() {
        let types = ["caf\u{E9}", "cafe\u{301}"]
        var registry = HandlerRegistry()
        for (name, type) in zip(["composed", "separate"], types) {
            let pattern = EventPattern(source: nil, pattern: type)
            registry.on(pattern, named: HandlerName(rawValue: name)) { _, _ in }
        }
        let entries = registry.handlers.map { handler in
            HandlerDirectory.Entry(
                name: handler.name,
                patterns: handler.patterns,
                recordedAt: Timestamp(rawValue: 0),
                isPaused: false
            )
        }
        let directory = HandlerDirectory(version: 1, entries: entries)
        let router = Router(directory, registry.handlers, newerCodeDelay: .zero)
        var cache = RouteCache()
        for _ in 0..<2 {
            let routes = types.map { cache.route(Fixture.delivery(0, eventType: $0), by: router).runs }
            #expect(routes == [[0], [1]])
        }
    }
}
