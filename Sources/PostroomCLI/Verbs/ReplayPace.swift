import ArgumentParser
import FoundationEssentials
import PostroomCore
import PostroomInbox

/// The options that pace a replay.
struct ReplayPaceOptions: ParsableArguments {
    @Option(name: .long, help: "The most jobs that are moved in a second (default: 500).")
    var rate: Int?

    @Option(
        name: .long,
        help:
            "The jobs of each handler that go ahead alone (default: 20 of dead letters, none of deliveries); 0 for none."
    )
    var canary: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Pause where more fails again, for example 'failed>10%'; without it, half of the canaries.",
            valueName: "rule"
        )
    )
    var stopIf: String?

    @Option(
        name: .long,
        help: "Your reason, which the audit keeps; of dead letters also what they died of, as --died-of.",
        transform: ReasonText.argument
    )
    var reason: ReasonText?

    func validate() throws {
        try rate.map { try OptionRange.check("--rate", $0, 1...1_000_000) }
        try canary.map { try OptionRange.check("--canary", $0, 0...100_000) }
    }

    /// The pace in the inbox's terms.
    func pace(to handler: String?) -> ReplayPace {
        var pace = ReplayPace()
        pace.rate = rate.map { Int32(clamping: $0) }
        pace.canary = canary.map { Int32(clamping: $0) }
        pace.stopIf = stopIf
        pace.toHandler = handler.map(HandlerName.init(rawValue:))
        pace.reason = reason?.text
        return pace
    }
}

/// The report of a replay: how the jobs that it moved ended.
struct ReplayReportView: Sendable {
    private let report: Report

    /// Reads a report, which is a JSON object.
    init?(reading json: String) {
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(json.utf8)) else { return nil }
        self.report = report
    }

    /// The report for machines.
    var json: JSONTree {
        .object([
            JSONTree.Member("moved", .integer(report.moved)),
            JSONTree.Member("untried", .integer(report.untried)),
            JSONTree.Member("failing", .integer(report.failing)),
            JSONTree.Member("died", .integer(report.died)),
            JSONTree.Member("ended", .integer(report.ended)),
            JSONTree.Member("groups", .array(report.groups.map { Self.columns.object($0) })),
        ])
    }

    /// Writes the report for people.
    func write(to output: CommandOutput) {
        output.line("\n" + output.style("report", .bold))
        output.line(
            """
              moved \(HumanText.count(report.moved)): \(HumanText.count(report.ended)) ended well, \
            \(HumanText.count(report.untried)) not tried yet, \(HumanText.count(report.failing)) owed after another failure, \
            \(HumanText.count(report.died)) dead again
            """
        )
        guard !report.groups.isEmpty else { return }
        output.line("\n" + output.style("dead again", .bold))
        output.list(report.groups, Self.columns, asJSON: false, ifEmpty: "")
    }

    private static let columns: [Column<Group>] = [
        Column("group", widest: 60, value: { .string("\($0.handler)/\($0.fingerprint)") }),
        .count("letters") { Int($0.letters) },
        Column("error", widest: 80, value: { .string($0.error) }),
    ]

    private struct Report: Decodable {
        let moved: Int64
        let untried: Int64
        let failing: Int64
        let died: Int64
        let ended: Int64
        let groups: [Group]
    }

    private struct Group: Decodable {
        let handler: String
        let fingerprint: String
        let letters: Int64
        let error: String
    }
}
