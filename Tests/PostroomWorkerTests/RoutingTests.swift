import PostroomCore
import PostroomQueue
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
        var code: [EventPattern]? = [.everything]
        let runs: Bool
        var owed: Duration?
    }

    static let cases = [
        Case(testDescription: "both match", runs: true),
        Case(testDescription: "the directory does not match", directory: [.events(from: .wacht)], runs: false),
        Case(testDescription: "it is paused", isPaused: true, runs: false, owed: .zero),
        Case(testDescription: "this worker does not have it", code: nil, runs: false, owed: .zero),
        Case(testDescription: "only newer code matches", code: [.events(from: .wacht)], runs: false, owed: .seconds(7)),
        Case(testDescription: "it was recorded after the delivery came", recordedAt: 1001, runs: false),
        Case(testDescription: "it was recorded as the delivery came", recordedAt: 1000, runs: true),
    ]

    @Test("a delivery goes where directory and code say", arguments: cases)
    func route(of example: Case) {
        let entry = HandlerDirectory.Entry(
            name: "crm",
            patterns: example.directory,
            recordedAt: Timestamp(rawValue: example.recordedAt),
            isPaused: example.isPaused
        )
        var registry = HandlerRegistry()
        for pattern in example.code ?? [] {
            registry.on(pattern, named: "crm") { _, _ in }
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
}
