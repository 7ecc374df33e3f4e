import FoundationEssentials
import Glibc
import PostroomCore
import PostroomSources
import ProgramHarness
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite("The bench")
struct BenchTests {
    /// A short run of one bench, and whether single events are timed in it.
    struct Run: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let isTimed: Bool

        init(_ line: String, isTimed: Bool = true) {
            arguments = line.split(separator: " ").map(String.init)
            self.isTimed = isTimed
        }

        var testDescription: String {
            arguments.joined(separator: " ")
        }
    }

    static let runs = [
        Run("ingest --events 2000 --batch 50"),
        Run("drain --events 2000 --decode typed --fail-rate 0.01", isTimed: false),
        Run("drain --events 1000 --prefill-history 3000 --scheduled-retries 500 --dead-letters 50", isTimed: false),
        Run("drain --events 500 --old-snapshot 500ms --old-snapshot-rate 200", isTimed: false),
        Run("end-to-end --events 2000"),
        Run("end-to-end --seconds 1 --no-hand-off"),
        Run("latency --events 30"),
        Run("latency --events 30 --no-hand-off"),
    ]

    @Test("measures the program and its limit, and leaves nothing running", arguments: runs)
    func measures(run: Run) async throws {
        try await Scene.withFolder { folder in
            let result = try await bench(run.arguments, in: folder)
            #expect(result.status == .exited(0), "\(result.errors)")
            let report = try result.json
            let isBurdened = run.testDescription.contains("--prefill") || run.testDescription.contains("--old")
            let labels = report["runs"]?.elements.compactMap { $0["run"]?.text }
            #expect(labels == ["postroom", "limit"] + (isBurdened ? ["burdened"] : []))
            for figures in report["runs"]?.elements ?? [] {
                for key in Self.positive {
                    #expect(try #require(figures[key]?.double, "\(key)") > 0, "\(key)")
                }
            }
            let own = try #require(report["runs"]?.elements.first)
            #expect((own["p99_ms"]?.double ?? 0 > 0) == run.isTimed)
            #expect(report["ratio_to_limit"]?["events_per_second"]?.double ?? 0 > 0)
            #expect((report["burdened_share"]?["events_per_second"]?.double ?? 0 > 0) == isBurdened)
            #expect(report["machine"]?["Postgres"]?.text?.isEmpty == false)
            #expect(report["machine"]?["fsync"]?.text == "on")
            #expect(leftovers(of: folder).isEmpty)
        }
    }

    /// Figures that no run is without.
    private static let positive = [
        "events", "events_per_second", "program_cpu_us_per_event", "wal_bytes_per_event", "commits_per_event",
        "queue_kb", "resident_mb",
    ]

    @Test("shows people one table with a row for each figure")
    func table() async throws {
        try await Scene.withFolder { folder in
            let result = try await bench(["end-to-end", "--events", "500"], in: folder, asJSON: false)
            #expect(result.status == .exited(0), "\(result.errors)")
            let rows = [
                "events/s", "p50 ms", "p90 ms", "p99 ms", "program CPU µs/event", "Postgres CPU µs/event",
                "WAL bytes/event", "commits/event", "dead rows in the queue", "queue kB", "resident MB",
            ]
            for row in rows {
                #expect(result.output.split(separator: "\n").contains { $0.hasPrefix(row) }, "\(row)")
            }
            #expect(result.output.contains("postroom/limit"))
            #expect(result.output.contains("settings: body bytes 1024 at least"))
            #expect(result.output.contains("machine: processor"))
        }
    }

    @Test("times every source's rules and types without a database")
    func decode() async throws {
        try await Scene.withFolder { folder in
            let result = try await bench(["decode", "--seconds", "1"], in: folder)
            #expect(result.status == .exited(0), "\(result.errors)")
            let sources = try result.json["sources"]?.elements ?? []
            #expect(sources.map { $0["source"]?.text } == SourceRegistry.builtIn.definitions.map(\.source.rawValue))
            for (source, definition) in zip(sources, SourceRegistry.builtIn.definitions) {
                #expect(source["scan_and_identify_us"]?.double ?? 0 > 0)
                let isTyped = !SourceRegistry.builtIn.events(of: definition.source).isEmpty
                #expect((source["typed_decode_us"]?.double ?? 0 > 0) == isTyped, "\(definition.source)")
            }
        }
    }

    @Test("loads the receiver with wrk, or says what to install")
    func http() async throws {
        try await Scene.withFolder { folder in
            let result = try await bench(["http", "--seconds", "1", "--handlers", "1"], in: folder)
            guard (try? await Executable.name("wrk").resolveExecutablePath(in: .inherit)) != nil else {
                #expect(result.status == .exited(1))
                #expect(result.errors.contains("apt-get install wrk"))
                return
            }
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.errors.contains("wrk -t2 -c64 -d1s"))
            let own = try #require(try result.json["runs"]?.elements.first)
            let accepted = try #require(own["answers"]?["accepted"]?.integer)
            #expect(accepted > 0)
            #expect(own["events"]?.integer == accepted)
            #expect(leftovers(of: folder).isEmpty)
        }
    }

    @Test("uses a schema of its own in a given database, and drops it")
    func existingDatabase() async throws {
        try await Scene.with { scene in
            let place = ["--database", scene.database.connectionString, "--allow-load"]
            let result = try await bench(["ingest", "--events", "500"] + place, in: scene.folder)
            #expect(result.status == .exited(0), "\(result.errors)")
            let own = try #require(try result.json["runs"]?.elements.first)
            #expect(own["events"]?.integer == 500)
            #expect(own["postgres_cpu_us_per_event"]?.double == nil)
            let left = try await scene.database.query(
                "SELECT count(*) FROM pg_namespace WHERE nspname = 'postroom_bench'"
            )
            #expect(left.first?.first == "0")
        }
    }

    @Test("asks before it loads a given database")
    func consent() async throws {
        try await Scene.withFolder { folder in
            let result = try await bench(["ingest", "--database", "postgres:///x"], in: folder)
            #expect(result.status == .exited(64))
            #expect(result.errors.contains("--allow-load"))
        }
    }

    @Test("SIGINT ends it with everything that it started")
    func interrupt() async throws {
        try await Scene.withFolder { folder in
            let program = program(["end-to-end", "--seconds", "600", "--json"], in: folder)
            try await RunningProgram.with(program, in: folder) { running in
                _ = try await eventually("the run has not begun") {
                    running.log.text.contains("storing and handling at once") ? true : nil
                }
                running.send(SIGINT)
                #expect(try await running.end() == .exited(1))
                #expect(running.log.text.contains("ended by a signal"))
            }
            #expect(leftovers(of: folder).isEmpty)
        }
    }

    private func bench(_ arguments: [String], in folder: TestFolder, asJSON: Bool = true) async throws -> Program.Result
    {
        try await program(arguments + (asJSON ? ["--json"] : []), in: folder).run(in: folder)
    }

    private func program(_ arguments: [String], in folder: TestFolder) -> Program {
        // The private server's folders are made here, so that what is left of them shows.
        Program(name: "postroom", arguments: ["bench"] + arguments, environment: ["TMPDIR": folder.path])
    }

    /// Processes and files that a bench should have ended and removed.
    private func leftovers(of folder: TestFolder) -> [String] {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        let processes = ids.compactMap { id in
            let command = TestFolder.read("/proc/\(id)/cmdline").replacing("\0", with: " ")
            let place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")) ?? ""
            return command.contains(folder.path) || place.hasPrefix(folder.path) ? "\(id): \(command)" : nil
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return processes + files.filter { $0.hasPrefix("postroom-") && !$0.hasSuffix(".log") && !$0.hasSuffix(".out") }
    }
}
