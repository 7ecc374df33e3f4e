import PostroomBench

extension BenchReport {
    /// Writes the figures: one table with what it ran with and on, or one object.
    func write(to output: CommandOutput, asJSON: Bool) {
        guard !asJSON else { return output.json(json) }
        if decoding.isEmpty {
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
