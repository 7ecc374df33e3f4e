import ProgramHarness
import Subprocess
import Testing

@Suite("What a running program shows of itself")
struct ObservationTests {
    /// The figures that an operator was promised, as the name with its labels, and the least value that they must have here.
    private static let figures: [(series: String, least: Double)] = [
        ("postroom_intake_requests_total{endpoint=\"hooks\",answer=\"accepted\"}", 30),
        ("postroom_intake_requests_total{endpoint=\"hooks\",answer=\"refused\"}", 2),
        ("postroom_intake_requests_total{endpoint=\"hooks\",answer=\"duplicate\"}", 1),
        ("postroom_intake_refusals_total{endpoint=\"hooks\",reason=\"signature-mismatch\"}", 2),
        ("postroom_intake_commit_seconds_count", 1),
        ("postroom_intake_in_flight", 0),
        ("postroom_worker_in_flight", 0),
        ("postroom_oldest_waiting_seconds", 0),
        ("postroom_attempts_total{handler=\"audit\",outcome=\"handled\"}", 30),
        ("postroom_attempts_total{handler=\"crm\",outcome=\"retried\"}", 30),
        ("postroom_attempts_total{handler=\"crm\",outcome=\"dead\"}", 30),
        ("postroom_retries_due", 0),
        ("postroom_dead_letters{handler=\"crm\",reason=\"exhausted\"}", 30),
        ("postroom_late_settlements_total", 0),
        ("postroom_rescued_workers_total", 0),
        ("postroom_rescued_batches_total", 0),
        ("postroom_workers", 1),
        ("postroom_database_reachable", 1),
    ]

    @Test("health, metrics and the log of a running program tell what an operator was promised")
    func healthMetricsLog() async throws {
        try await Scene.with { scene in
            let environment = ["TESTWORKER_BROKEN": "crm", "TESTWORKER_ATTEMPTS": "2"]
            let log = try await scene.serve(handlers: ["crm", "audit"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let adminPort = try await program.adminPort()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(keys: (1...30).map { "shown-\($0)" })
                try await sender.accept(key: "shown-1")
                for number in 1...2 {
                    #expect(try await sender.send(key: "forged-\(number)", isInvalid: true).status == 401)
                }
                try await scene.database.waitUntilDrained()

                let live = try await Sender.get("/health/live", port: adminPort)
                #expect(live.status == 200)
                let ready = try await Sender.get("/health/ready", port: adminPort)
                #expect(ready.status == 200)
                for check in ["database", "schema", "receiver"] {
                    #expect(ready.body.contains("\"\(check)\""))
                }
                try await check(adminPort)
                #expect(try await program.stop() == .exited(0))
                return program.log
            }
            try check(log)
        }
    }

    private func check(_ adminPort: Int) async throws {
        let page = try await Sender.get("/metrics", port: adminPort)
        #expect(page.status == 200)
        #expect(page.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
        // What grows is counted now and then, and read with its age.
        var text = page.body
        for figure in Self.figures {
            try await eventually("\(figure.series) stays below \(figure.least)") {
                text = try await Sender.get("/metrics", port: adminPort).body
                return Self.series(text)[Self.canonical(figure.series)] ?? -1 >= figure.least
            }
        }
        let series = Self.series(text)
        for name in series.keys.map({ $0.prefix { $0 != "{" } }) where name.hasPrefix("postroom_") {
            let family = ["_count", "_sum", "_bucket"]
                .reduce(String(name)) { name, suffix in
                    name.hasSuffix(suffix) && text.contains("# TYPE \(name.dropLast(suffix.count)) ")
                        ? String(name.dropLast(suffix.count)) : name
                }
            #expect(text.contains("# HELP \(family) "), "\(family)")
        }
    }

    private func check(_ log: LogFile) throws {
        #expect(log.lines.count == log.entries.count, "every line is JSON")
        #expect(!log.entries.isEmpty)
        for entry in log.entries {
            for name in ["time", "level", "message", "logger"] {
                #expect(entry[name]?.isEmpty == false)
            }
            #expect(!entry.message.contains { $0.isNumber }, "a message is constant: \(entry.message)")
        }
        let messages = Set(log.entries.map(\.message))
        #expect(messages.contains("dead letter"))
        // The first ones are told one by one, the others by their number when the program ends.
        #expect(log.entries.filter { $0.message == "dead letter" }.count == 3)
        let more = log.entries.first { $0.message == "more dead letters for a like error" }
        #expect(more?["count"] == "27" && more?["handler"] == "crm")
        #expect(log.entries.first { $0.message == "dead letter" }?["handler"] == "crm")
        #expect(!log.text.contains(Sender.secret))
        #expect(!log.text.contains("invoice.paid\\\",\\\"key"), "no body is logged")
    }

    /// The page's samples, by name and labels in a form that knows no order.
    private static func series(_ page: String) -> [String: Double] {
        var series: [String: Double] = [:]
        for line in page.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            series[canonical(String(line[..<space]))] = Double(line[line.index(after: space)...])
        }
        return series
    }

    private static func canonical(_ series: String) -> String {
        guard let brace = series.firstIndex(of: "{") else { return series }
        let labels = series[series.index(after: brace)...].dropLast().split(separator: ",").sorted()
        return series[..<brace] + "{" + labels.joined(separator: ",") + "}"
    }
}
