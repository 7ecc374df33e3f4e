import PostroomBench
import PostroomCLI
import PostroomCore

extension BenchReport {
    /// Writes the figures: one table with what it ran with and on, or one object.
    func write(to output: CommandOutput, asJSON: Bool) {
        guard !asJSON else { return output.json(json) }
        if !operations.isEmpty {
            output.list(operations, Self.operationColumns, asJSON: false, ifEmpty: "")
        } else if decoding.isEmpty {
            output.list(BenchFigure.rows(of: self), BenchFigure.columns(of: self), asJSON: false, ifEmpty: "")
            let answers = program?.answers ?? []
            if !answers.isEmpty {
                output.line(
                    "answers: " + answers.map { "\(HumanText.count($0.count)) \($0.name)" }.joined(separator: ", ")
                )
            }
        } else {
            output.list(decoding, Self.decodeColumns, asJSON: false, ifEmpty: "")
        }
        output.line("")
        for (title, facts) in [("settings", settings), ("machine", machine)] {
            output.line("\(title): " + facts.map { "\($0.name) \($0.value)" }.joined(separator: "; "))
        }
    }

    /// The whole of it for machines.
    var json: JSONTree {
        .object([
            JSONTree.Member("bench", .string(kind.rawValue)),
            JSONTree.Member("runs", .array(runs.map(\.json))),
            JSONTree.Member("ratio_to_limit", BenchFigure.ratios(of: program, to: limit)),
            JSONTree.Member("burdened_share", BenchFigure.ratios(of: burdened, to: program)),
            JSONTree.Member("operations", .array(operations.map { Self.operationColumns.object($0) })),
            JSONTree.Member("asking_share", BenchFigure.ratios(of: asking, to: program)),
            JSONTree.Member("sources", .array(decoding.map { Self.decodeColumns.object($0) })),
            JSONTree.Member("settings", Self.object(settings)),
            JSONTree.Member("machine", Self.object(machine)),
        ])
    }

    private static func object(_ facts: [Fact]) -> JSONTree {
        .object(facts.map { JSONTree.Member($0.name.replacing(" ", with: "_"), .string($0.value)) })
    }

    private static let decodeColumns: [Column<DecodeFigures>] = [
        Column("source", value: { .string($0.source) }),
        .count("event types") { $0.eventTypes },
        .count("body bytes") { $0.bodyBytes },
        microseconds("scan and identify") { $0.identifyMicroseconds },
        microseconds("details") { $0.detailsMicroseconds },
        microseconds("typed decode") { $0.decodeMicroseconds },
    ]

    private static let operationColumns: [Column<OperationFigures>] = [
        Column("question", value: { .string($0.name) }),
        milliseconds("median ms") { $0.alone.median },
        milliseconds("slowest ms") { $0.alone.slowest },
        milliseconds("Postgres ms") { $0.alone.server },
        milliseconds("burdened median ms") { $0.burdened?.median },
        milliseconds("burdened slowest ms") { $0.burdened?.slowest },
        milliseconds("burdened Postgres ms") { $0.burdened?.server },
    ]

    private static func milliseconds(
        _ title: String,
        _ time: @escaping @Sendable (OperationFigures) -> Duration?
    ) -> Column<OperationFigures> {
        Column(
            title,
            key: title.lowercased().replacing(" ", with: "_"),
            .right,
            value: { time($0).map { .number($0 / .milliseconds(1)) } ?? .null },
            text: { time($0).map { BenchFigure.text($0 / .milliseconds(1), digits: 1) } ?? "–" }
        )
    }

    private static func microseconds(
        _ title: String,
        _ time: @escaping @Sendable (DecodeFigures) -> Double?
    ) -> Column<DecodeFigures> {
        Column(
            title,
            key: title.replacing(" ", with: "_") + "_us",
            .right,
            value: { time($0).map { .number(($0 * 100).rounded() / 100) } ?? .null },
            text: { time($0).map { "\(BenchFigure.text($0, digits: 2)) µs" } ?? "–" }
        )
    }
}

extension RunFigures {
    /// The run for machines.
    fileprivate var json: JSONTree {
        .object(
            [JSONTree.Member("run", .string(label)), JSONTree.Member("events", .integer(Int64(events)))]
                + [JSONTree.Member("seconds", .number(elapsed / .seconds(1)))]
                + BenchFigure.all.map { figure in
                    JSONTree.Member(figure.key, figure.value(self).map { .number($0) } ?? .null)
                }
                + [JSONTree.Member("answers", .object(answers.map { .init($0.name, .integer(Int64($0.count))) }))]
        )
    }
}

/// One figure of a run: a row of the table.
struct BenchFigure: Sendable {
    /// Its name for people, unit included.
    let title: String
    /// Its name for machines, unit included.
    let key: String
    /// The digits after the point, for people.
    let digits: Int
    /// Its value, or `nil` where it was not measured.
    let value: @Sendable (RunFigures) -> Double?

    /// Every figure, in the order in which they are shown.
    static let all: [BenchFigure] = [
        BenchFigure(title: "events/s", key: "events_per_second", digits: 0) { $0.rate },
        BenchFigure(title: "p50 ms", key: "p50_ms", digits: 2) { $0.latencies.map { $0.p50 / .milliseconds(1) } },
        BenchFigure(title: "p90 ms", key: "p90_ms", digits: 2) { $0.latencies.map { $0.p90 / .milliseconds(1) } },
        BenchFigure(title: "p99 ms", key: "p99_ms", digits: 2) { $0.latencies.map { $0.p99 / .milliseconds(1) } },
        BenchFigure(title: "program CPU µs/event", key: "program_cpu_us_per_event", digits: 1) {
            $0.programMicroseconds
        },
        BenchFigure(title: "Postgres CPU µs/event", key: "postgres_cpu_us_per_event", digits: 1) {
            $0.serverMicroseconds
        },
        BenchFigure(title: "load generator CPU µs/event", key: "generator_cpu_us_per_event", digits: 1) {
            $0.generatorMicroseconds
        },
        BenchFigure(title: "WAL bytes/event", key: "wal_bytes_per_event", digits: 1) { $0.walBytes },
        BenchFigure(title: "commits/event", key: "commits_per_event", digits: 4) { $0.commits },
        BenchFigure(title: "dead rows in the queue", key: "queue_dead_rows", digits: 0) { Double($0.deadRows) },
        BenchFigure(title: "queue kB", key: "queue_kb", digits: 0) { Double($0.queueBytes) / 1000 },
        BenchFigure(title: "resident MB", key: "resident_mb", digits: 1) { Double($0.residentBytes) / 1_000_000 },
    ]

    /// The row of one figure, with what each column shows.
    struct Row: Sendable {
        let title: String
        let cells: [String]
    }

    /// The figures that any run has.
    static func rows(of report: BenchReport) -> [Row] {
        all.compactMap { figure in
            let values = report.runs.map(figure.value)
            guard values.contains(where: { $0 != nil }) else { return nil }
            var cells = values.map { $0.map { text($0, digits: figure.digits) } ?? "–" }
            for (run, base) in comparisons(of: report) {
                cells.append(ratio(figure, run, base).map { text($0, digits: 2) } ?? "–")
            }
            return Row(title: figure.title, cells: cells)
        }
    }

    /// The columns of the table: the runs, and how they compare.
    static func columns(of report: BenchReport) -> [Column<Row>] {
        var titles = report.runs.map(\.label)
        titles += comparisons(of: report).map { "\($0.0.label)/\($0.1.label)" }
        let cells = titles.enumerated()
            .map { index, title in
                Column<Row>(title, .right, value: { .string($0.cells[index]) })
            }
        return [Column("", value: { .string($0.title) })] + cells
    }

    /// Every figure of a run as a share of another run's.
    static func ratios(of run: RunFigures?, to base: RunFigures?) -> JSONTree {
        guard let run, let base else { return .null }
        return .object(
            all.map { figure in
                JSONTree.Member(figure.key, ratio(figure, run, base).map { .number($0) } ?? .null)
            }
        )
    }

    /// A number with that many digits after the point, and commas before it.
    static func text(_ number: Double, digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "–" }
        var factor: Int64 = 1
        for _ in 0..<digits { factor *= 10 }
        let scaled = Int64((abs(number) * Double(factor)).rounded())
        let whole = (number < 0 && scaled > 0 ? "-" : "") + HumanText.count(scaled / factor)
        guard digits > 0 else { return whole }
        let fraction = String(scaled % factor)
        return "\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    private static func comparisons(of report: BenchReport) -> [(RunFigures, RunFigures)] {
        var pairs: [(RunFigures, RunFigures)] = []
        if let program = report.program, let limit = report.limit { pairs.append((program, limit)) }
        for run in [report.burdened, report.asking] {
            if let run, let program = report.program { pairs.append((run, program)) }
        }
        return pairs
    }

    private static func ratio(_ figure: BenchFigure, _ run: RunFigures, _ base: RunFigures) -> Double? {
        guard let value = figure.value(run), let other = figure.value(base), other > 0 else { return nil }
        return value / other
    }
}
