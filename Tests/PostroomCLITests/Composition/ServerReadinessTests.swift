import PostroomAdmin
import Testing

@testable import PostroomAdmin
@testable import PostroomCLI

@Suite("Readiness by server")
struct ServerReadinessTests {
    private static let down = HealthState.failing(reason: "down")

    private func server(_ place: String?, _ database: HealthState, _ schema: HealthState = .healthy)
        -> ServerReadiness.Server
    {
        ServerReadiness.Server(place: place, database: { database }, schema: { schema })
    }

    @Test("of the only one is its database's and its schema's")
    func one() {
        let report = HealthReport(ServerReadiness.checks([server(nil, Self.down)]))
        #expect(report.checks.map(\.name) == ["database", "schema"])
        #expect(!report.isHealthy)
    }

    @Test(
        "of several is there while one of them works, and says what does not",
        arguments: [
            ([HealthState.healthy, .healthy], [HealthState.healthy, .healthy], ["healthy", "healthy"], true),
            ([.healthy, down], [.healthy, .healthy], ["healthy", "impaired"], true),
            ([.healthy, .healthy], [down, .healthy], ["impaired", "healthy"], true),
            ([down, .healthy], [.healthy, down], ["failing", "failing"], false),
            ([down, down], [.healthy, .healthy], ["failing", "failing"], false),
        ]
    )
    func several(databases: [HealthState], schemas: [HealthState], states: [String], isReady: Bool) {
        let servers = zip(databases, schemas).enumerated().map { server("server \($0)", $1.0, $1.1) }
        let report = HealthReport(ServerReadiness.checks(servers))
        #expect(report.checks.map(\.name) == ["server 0", "server 1"])
        #expect(report.checks.map(\.state) == states)
        #expect(report.isHealthy == isReady)
        #expect(report.checks.allSatisfy { ($0.reason == nil) == ($0.state == "healthy") })
    }
}
