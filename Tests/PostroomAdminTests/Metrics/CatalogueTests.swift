import PostroomAdmin
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The catalogue of metrics")
struct CatalogueTests {
    @Test("every metric has a meaning that is a sentence, a name of its own, and a name that tells a counter")
    func meanings() {
        #expect(Set(MetricCatalogue.all.map(\.name)).count == MetricCatalogue.all.count)
        for metric in MetricCatalogue.all {
            #expect(metric.name.hasPrefix("postroom_"))
            #expect(metric.meaning.hasSuffix(".") && metric.meaning.first?.isLowercase == false, "\(metric.name)")
            #expect(metric.name.hasSuffix("_total") == (metric.kind == "counter"), "\(metric.name)")
        }
    }

    @Test("the guide to the metrics ends in the catalogue's tables")
    func guide() throws {
        let text = try file("Sources/Postroom/Documentation.docc/Metrics.md")
        #expect(text.hasSuffix("\n" + MetricCatalogue.markdown), "its end should be:\n\(MetricCatalogue.markdown)")
    }

    @Test(
        "alerts and the dashboard name no metric and no label that is not in the catalogue",
        arguments: ["deploy/monitoring/alerts.yaml", "deploy/monitoring/dashboard.json"]
    )
    func expressions(path: String) throws {
        let uses = MetricUse.all(in: try file(path))
        #expect(uses.count > 15)
        for use in uses {
            let metric = MetricCatalogue.all.first { metric in
                use.name == metric.name
                    || metric.kind == "histogram"
                        && ["_bucket", "_sum", "_count"].contains { use.name == metric.name + $0 }
            }
            #expect(metric != nil, "\(path) names \(use.name)")
            let labels = (metric?.labels ?? []) + ["instance", "job"]
            #expect(use.labels.allSatisfy(labels.contains), "\(path) picks \(use.name) by \(use.labels)")
        }
    }

    @Test("every metric that somebody should be told of has a panel")
    func panels() throws {
        let dashboard = try file("deploy/monitoring/dashboard.json")
        let exempt = [
            "postroom_up", "postroom_metrics_refused_series_total", "postroom_metrics_late_collections_total",
            "postroom_lost_total", "postroom_intake_unreadable_total", "postroom_database_reachable",
            "postroom_suspects_waiting", "postroom_crash_strikes_total", "postroom_rescued_batches_total",
            "postroom_partition_maintenance_allowed",
        ]
        for metric in MetricCatalogue.all where !exempt.contains(metric.name) {
            #expect(dashboard.contains(metric.name), "\(metric.name)")
        }
    }

    @Test("a use is found with the labels by which it picks")
    func uses() {
        let uses = MetricUse.all(in: #"rate(postroom_a_total{x="1",y=~\"2|3\"}[5m]) > postroom_b"#)
        #expect(uses.map(\.name) == ["postroom_a_total", "postroom_b"])
        #expect(uses.map(\.labels) == [["x", "y"], []])
    }

    private func file(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

/// A metric in an expression of Prometheus, with the labels by which it is picked.
private struct MetricUse {
    let name: String
    let labels: [String]

    /// All of them in a text, in their order.
    static func all(in text: String) -> [MetricUse] {
        text.matches(of: /(postroom_[a-z_]+)(?:\{([^}]*)\})?/)
            .map { match in
                let selectors = match.2.map { $0.matches(of: /([a-z_]+) *(?:=~|!=|!~|=)/).map { String($0.1) } }
                return MetricUse(name: String(match.1), labels: selectors ?? [])
            }
    }
}
