import PostroomAdmin
import Testing

@testable import PostroomCLI

@Suite("The inbox's figures in a factory of the program's own")
struct RelayedFiguresTests {
    private let factory = PrometheusMetrics()

    private func lines() async -> [String] {
        await factory.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix("figure_") }
    }

    @Test("a gauge stands at what was read last, and is removed where nothing was read")
    func gauges() async {
        var figures = RelayedFigures(factory: factory)
        let orphan = MetricSample("figure_orphan", labels: [("handler", "crm")], value: 1)
        figures.take([MetricSample("figure_backlog", value: 7), orphan])
        #expect(await lines() == ["figure_backlog 7", "figure_orphan{handler=\"crm\"} 1"])
        figures.take([MetricSample("figure_backlog", value: 3)])
        #expect(await lines() == ["figure_backlog 3"])
        figures.take([MetricSample("figure_backlog", value: 4), orphan])
        #expect(await lines() == ["figure_backlog 4", "figure_orphan{handler=\"crm\"} 1"])
    }

    @Test("a counter rises by the difference to what was read before, and never falls")
    func counters() async {
        var figures = RelayedFigures(factory: factory)
        for (read, shown) in [(5.0, 5), (5, 5), (9, 9), (2, 9), (3, 10)] {
            figures.take([MetricSample("figure_lost_total", value: read, kind: .counter)])
            #expect(await lines() == ["figure_lost_total \(shown)"])
        }
    }
}
