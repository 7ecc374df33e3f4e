import PostroomAdmin
import PrivatePostgres
import ProgramHarness
import SystemPackage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("What people deploy with")
struct DeploymentTests {
    @Test("the advised settings start a server, which has them, with fsync on")
    func postgresSettings() async throws {
        var settings = try DeployedFiles.postgresSettings()
        #expect(settings.count > 15 && settings["fsync"] == "on" && settings["synchronous_commit"] == "on")
        // The machine that tests has neither the memory nor the address.
        settings["shared_buffers"] = "64MB"
        settings["listen_addresses"] = nil
        let server = try await PrivatePostgres.start(.init(durable: true, parameters: settings))
        let database = Database(connectionString: server.connectionString(database: "postgres"))
        let names = settings.keys.map { "'\($0)'" }.joined(separator: ", ")
        let set = try await database.count(
            "SELECT count(*) FROM pg_settings WHERE source <> 'default' AND name IN (\(names))"
        )
        #expect(set == settings.count)
        await server.stop()
    }

    private static let prometheus = "/usr/bin/prometheus"

    @Test(
        "a real Prometheus scrapes every figure of the inbox and the process, and knows no metric that is in no table",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: prometheus),
            "Debian's package prometheus is not installed"
        ),
        .timeLimit(.minutes(5))
    )
    func scrape() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                _ = try await Sender(port: try await program.receiverPort()).accept(key: "first")
                try await scene.database.waitUntilDrained()
                let configuration = """
                    global: {scrape_interval: 5s, scrape_timeout: 5s}
                    scrape_configs:
                      - job_name: postroom
                        static_configs: [{targets: ["127.0.0.1:\(try await program.adminPort())"]}]
                    """
                try scene.folder.write(configuration, to: "prometheus.yaml")
                let port = try freePort()
                let server = Program(
                    name: Self.prometheus,
                    arguments: [
                        "--config.file=\(scene.folder.file("prometheus.yaml"))",
                        "--storage.tsdb.path=\(scene.folder.file("series"))", "--web.listen-address=127.0.0.1:\(port)",
                    ]
                )
                try await RunningProgram.with(server, in: scene.folder) { _ in
                    // Those by handler are there once a handler has what they count.
                    let expected = (MetricCatalogue.inbox + MetricCatalogue.process).filter(\.labels.isEmpty)
                    var names: Set<String> = []
                    try await eventually("Prometheus has not scraped every figure") {
                        names = (try? await self.names(port: port)) ?? []
                        return expected.allSatisfy { names.contains($0.name) }
                    }
                    let known = Set(
                        MetricCatalogue.all.flatMap { metric in
                            metric.kind == "histogram"
                                ? ["_bucket", "_sum", "_count"].map { metric.name + $0 } : [metric.name]
                        }
                    )
                    #expect(names.filter { $0.hasPrefix("postroom_") && !known.contains($0) } == [])
                    #expect(names.contains("postroom_attempt_seconds_bucket"))
                }
            }
        }
    }

    /// The names of the series that Prometheus has.
    private func names(port: Int) async throws -> Set<String> {
        let answer = try await Sender.get("/api/v1/label/__name__/values", port: port)
        guard case .array(let values)? = try JSONValue(text: answer.body)["data"] else { return [] }
        return Set(values.compactMap(\.text))
    }
}
