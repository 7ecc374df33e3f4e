import PostroomConfiguration
import PostroomCore

/// The report at the end of `postroom send`.
struct SendReport: Sendable {
    let tally: SendTally
    /// The number of requests that were asked for.
    let requested: Int
    /// The time that all took together.
    let duration: Duration
    /// A mark of spoiled signatures: refusal is the aim then.
    let expectsRefusal: Bool

    /// The number of requests that were sent.
    var sent: Int {
        tally.groups.reduce(0) { $0 + $1.latencies.count }
    }

    /// Writes it for people or machines.
    func write(to output: CommandOutput, asJSON: Bool) {
        guard !asJSON else { return output.json(json) }
        if requested == 1, let body = tally.lastBody {
            BodyDisplay.write(body.last == UInt8(ascii: "\n") ? body : body + Array("\n".utf8), to: output)
            return
        }
        output.list(tally.groups, Self.columns, asJSON: false, ifEmpty: "nothing was sent")
        output.note("\(HumanText.count(sent)) sent in \(HumanText.duration(duration)), \(rateText)")
    }

    /// The reason why the run has failed, if it has.
    ///
    /// - Parameter target: The URL that was posted to.
    /// - Returns: The failure to end with; `nil` where every answer was as wanted.
    func failure(target: String) -> CommandFailure? {
        let groups = tally.groups
        let wrong = groups.filter { !isWanted($0.outcome) }
        guard !wrong.isEmpty else { return nil }
        if groups.allSatisfy({ $0.outcome.status == nil }) {
            let reason = wrong.first?.outcome.fault ?? ""
            return CommandFailure(.tryAgain, "nothing answers at \(EscapedText.of(target)): \(EscapedText.of(reason))")
        }
        let count = wrong.reduce(0) { $0 + $1.latencies.count }
        let wanted = expectsRefusal ? "401 or 503" : "2xx"
        let found = Suggestion.list(wrong.map { EscapedText.of($0.outcome.words) })
        let subject =
            sent == 1
            ? "the answer was not" : "\(HumanText.count(count)) of \(HumanText.count(sent)) answers were not"
        return CommandFailure(.failed, "\(subject) \(wanted): \(found)")
    }

    private func isWanted(_ outcome: SendOutcome) -> Bool {
        guard let status = outcome.status else { return false }
        return expectsRefusal ? status == 401 || status == 503 : (200..<300).contains(status)
    }

    private var rate: Double {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        return seconds > 0 ? Double(sent) / seconds : 0
    }

    private var rateText: String {
        "\(HumanText.count(Int(rate.rounded())))/s"
    }
}

extension SendReport {
    /// The whole of it for machines.
    var json: JSONTree {
        let isSingle = requested == 1
        return .object([
            JSONTree.Member("requested", .integer(Int64(requested))),
            JSONTree.Member("sent", .integer(Int64(sent))),
            JSONTree.Member("seconds", .number(milliseconds(duration) / 1000)),
            JSONTree.Member("per_second", .number((rate * 10).rounded() / 10)),
            JSONTree.Member("answers", .array(tally.groups.map(Self.object))),
            JSONTree.Member(
                "body",
                .string(orNull: isSingle ? tally.lastBody.map { String(decoding: $0, as: UTF8.self) } : nil)
            ),
        ])
    }

    private static func object(_ group: SendGroup) -> JSONTree {
        JSONTree.object([
            JSONTree.Member("status", .integer(orNull: group.outcome.status)),
            JSONTree.Member("duplicate", .boolean(group.outcome.isDuplicate)),
            JSONTree.Member("error", .string(orNull: group.outcome.fault)),
        ])
        .adding(Self.columns.object(group))
    }

    private static let columns: [Column<SendGroup>] = [
        Column(
            forPeople: "answer",
            widest: 72,
            text: { $0.outcome.words },
            style: { $0.outcome.status.map { (200..<300).contains($0) } == true ? .green : .red }
        ),
        .count("count") { $0.latencies.count },
        latency("p50") { $0.percentile(50) },
        latency("p90") { $0.percentile(90) },
        latency("p99") { $0.percentile(99) },
        latency("max") { $0.longest },
    ]

    private static func latency(
        _ title: String,
        _ duration: @escaping @Sendable (Latencies) -> Duration?
    ) -> Column<SendGroup> {
        Column(
            title,
            key: "\(title)_ms",
            .right,
            value: { group in duration(group.latencies).map { .number(milliseconds($0)) } ?? .null },
            text: { group in duration(group.latencies).map { "\(twoDigits(milliseconds($0))) ms" } ?? "–" }
        )
    }
}

/// A number with two digits after the point.
private func twoDigits(_ number: Double) -> String {
    let hundredths = Int64((number * 100).rounded())
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
}

/// A duration in milliseconds, with two digits after the point.
private func milliseconds(_ duration: Duration) -> Double {
    (Double(duration.microseconds) / 10).rounded() / 100
}

/// The answers to requests, and their times.
struct SendTally: Sendable {
    /// The microseconds that each request of an outcome took; there may be many millions.
    private var durations: [SendOutcome: [UInt32]] = [:]
    /// The last body that came.
    private(set) var lastBody: [UInt8]?

    /// Adds an answer.
    mutating func add(_ answer: SendAnswer, _ duration: Duration) {
        durations[answer.outcome, default: []].append(UInt32(clamping: duration.microseconds))
        if case .answered(_, let body) = answer {
            lastBody = body
        }
    }

    /// Adds another tally.
    mutating func add(_ other: SendTally) {
        durations.merge(other.durations, uniquingKeysWith: +)
        lastBody = other.lastBody ?? lastBody
    }

    /// The outcomes in their order, with figures.
    var groups: [SendGroup] {
        durations.keys.sorted().map { SendGroup(outcome: $0, latencies: Latencies(microseconds: durations[$0] ?? [])) }
    }
}

/// The answers of one outcome.
struct SendGroup: Hashable, Sendable {
    let outcome: SendOutcome
    let latencies: Latencies
}

/// The latencies of a group of requests.
struct Latencies: Hashable, Sendable {
    private let sorted: [UInt32]

    /// Takes the single durations, in any order.
    init(microseconds durations: [UInt32]) {
        self.sorted = durations.sorted()
    }

    /// The count.
    var count: Int {
        sorted.count
    }

    /// The longest.
    var longest: Duration? {
        sorted.last.map { .microseconds($0) }
    }

    /// The shortest duration that is not exceeded by so many percent of all, by nearest rank.
    ///
    /// - Parameter percent: From 1 to 100.
    /// - Returns: One of the durations; `nil` where there are none.
    func percentile(_ percent: Int) -> Duration? {
        guard !sorted.isEmpty else { return nil }
        let rank = (sorted.count * percent + 99) / 100
        return .microseconds(sorted[min(max(rank, 1), sorted.count) - 1])
    }
}

/// The answer to one request.
enum SendAnswer: Hashable, Sendable {
    /// A status and a body.
    case answered(status: Int, body: [UInt8])
    /// Nothing, for that reason.
    case unanswered(String)

    /// Under which outcome it is counted.
    var outcome: SendOutcome {
        switch self {
        case .answered(let status, let body):
            SendOutcome(status: status, isDuplicate: Self.saysDuplicate(body), fault: nil)
        case .unanswered(let reason): SendOutcome(status: nil, isDuplicate: false, fault: reason)
        }
    }

    private static func saysDuplicate(_ body: [UInt8]) -> Bool {
        String(decoding: body.prefix(256), as: UTF8.self).contains("\"duplicate\":true")
    }
}

/// Answers that are counted together.
struct SendOutcome: Hashable, Sendable, Comparable {
    /// The status, or `nil` where no answer came.
    let status: Int?
    /// A mark of a duplicate, by the answer.
    let isDuplicate: Bool
    /// The reason why no answer came.
    let fault: String?

    /// The outcome as people read it.
    var words: String {
        guard let status else { return "no answer: \(fault ?? "")" }
        return isDuplicate ? "\(status) duplicate" : String(status)
    }

    /// Orders outcomes by status, those without an answer last.
    static func < (left: SendOutcome, right: SendOutcome) -> Bool {
        left.rank < right.rank
    }

    private var rank: (status: Int, duplicate: Int, fault: String) {
        (status ?? Int.max, isDuplicate ? 1 : 0, fault ?? "")
    }
}
