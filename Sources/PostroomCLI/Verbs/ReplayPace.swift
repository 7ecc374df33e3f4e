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

/// The report of a replay as people and machines get it.
struct ReplayReportView: Sendable {
    let report: ReplayResults

    /// The report for machines.
    var json: JSONTree {
        .object([
            JSONTree.Member("moved", .integer(Int64(report.moved))),
            JSONTree.Member("untried", .integer(Int64(report.untried))),
            JSONTree.Member("failing", .integer(Int64(report.failing))),
            JSONTree.Member("died", .integer(Int64(report.died))),
            JSONTree.Member("ended", .integer(Int64(report.ended))),
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

    private static let columns: [Column<ReplayResults.Group>] = [
        Column("group", widest: 60, value: { .string("\($0.handler)/\($0.fingerprint)") }),
        .count("letters") { $0.letters },
        Column("error", widest: 80, value: { .string($0.error) }),
    ]
}
