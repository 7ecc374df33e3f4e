import PostroomBench

/// One figure of a run: a row of the table.
struct BenchFigure: Sendable {
    /// Its name for people, unit included.
    let title: String
    /// Its name for machines, unit included.
    let key: String
    /// How many digits people are shown after the point.
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
        if let burdened = report.burdened, let program = report.program { pairs.append((burdened, program)) }
        return pairs
    }

    private static func ratio(_ figure: BenchFigure, _ run: RunFigures, _ base: RunFigures) -> Double? {
        guard let value = figure.value(run), let other = figure.value(base), other > 0 else { return nil }
        return value / other
    }
}
