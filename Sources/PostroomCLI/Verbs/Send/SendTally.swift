import PostroomCore

/// How requests were answered, and how fast.
struct SendTally: Sendable {
    /// How long each request of an outcome took, in microseconds, as there may be many millions.
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

/// How long things took.
struct Latencies: Hashable, Sendable {
    private let sorted: [UInt32]

    /// Takes the single durations, in any order.
    init(microseconds durations: [UInt32]) {
        self.sorted = durations.sorted()
    }

    /// How many there are.
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
