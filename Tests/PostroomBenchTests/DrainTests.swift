import Logging
import Testing

@testable import PostroomBench

@Suite("A drain with handlers that ask for more", .timeLimit(.minutes(5)))
struct DrainTests {
    private static let requests: [(name: String, asking: BenchOptions.Asking)] = [
        ("order within 7 keys", asking { $0.keys = 7 }),
        ("a transaction that ends its job", asking { $0.isTransactional = true }),
        ("3 attempts at once of each handler, over all processes", asking { $0.limit = 3 }),
    ]

    private static func asking(_ change: (inout BenchOptions.Asking) -> Void) -> BenchOptions.Asking {
        var asking = BenchOptions.Asking()
        change(&asking)
        return asking
    }

    @Test("runs them beside plain ones, and every event through both", arguments: requests)
    func compared(name: String, asking: BenchOptions.Asking) async throws {
        var options = BenchOptions()
        options.handlers = 2
        options.events = 300
        options.asking = asking
        let tools = BenchTools(logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }) { _ in }
        let report = try await Bench(options: options, tools: tools).run(.drain)
        #expect(report.runs.map(\.label) == ["postroom", "limit", "asking"])
        #expect(report.runs.allSatisfy { $0.events == 300 && $0.rate > 0 })
        #expect(report.settings.filter { $0.name == "asking for" }.map(\.value) == [name])
        // Their jobs are rows of their own, each settled by itself.
        let plain = try #require(report.program)
        let more = try #require(report.asking)
        #expect(more.walBytes > plain.walBytes)
    }

    @Test("is not made where they ask for nothing")
    func plain() async throws {
        var options = BenchOptions()
        options.events = 100
        let tools = BenchTools(logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }) { _ in }
        let report = try await Bench(options: options, tools: tools).run(.drain)
        #expect(report.runs.map(\.label) == ["postroom", "limit"])
    }
}
