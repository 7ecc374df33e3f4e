/// The limits of a handler's attempts.
///
/// ``concurrency`` counts in one process. The others hold over all processes that share the inbox; a job that is held back
/// by one of them waits in the inbox, not in memory, and loses no attempt.
public struct HandlerLimits: Hashable, Sendable {
    /// The most attempts at once in one process, at least 1; `nil` for what the configuration gives every handler.
    public var concurrency: Int?
    /// The most attempts at once over all processes, at least 1; `nil` for no limit.
    public var globalConcurrency: Int?
    /// The most attempts in a time over all processes; `nil` for no limit.
    public var rate: AttemptRate?
    /// The limits of the attempts of one key over all processes; `nil` for none.
    public var perKey: KeyLimits?

    /// Sets limits; without any, only the configuration limits the attempts.
    public init(
        concurrency: Int? = nil,
        globalConcurrency: Int? = nil,
        rate: AttemptRate? = nil,
        perKey: KeyLimits? = nil
    ) {
        self.concurrency = concurrency
        self.globalConcurrency = globalConcurrency
        self.rate = rate
        self.perKey = perKey
    }

    /// `true` where a limit holds over all processes, so that each job is claimed by itself.
    package var areShared: Bool {
        globalConcurrency != nil || rate != nil || perKey != nil
    }

    /// The problems of the limits, in words; none where they can be kept.
    package var problems: [String] {
        var problems: [String] = []
        for (name, number) in [
            ("concurrency", concurrency), ("globalConcurrency", globalConcurrency),
            ("perKey.concurrency", perKey?.concurrency),
        ] {
            if let number, !(1...Self.mostAttempts).contains(number) {
                problems.append("\(name) is \(number); give it 1 to \(Self.mostAttempts)")
            }
        }
        for (name, rate) in [("rate", rate), ("perKey.rate", perKey?.rate)] {
            guard let rate else { continue }
            if !(1...Self.mostAttempts).contains(rate.attempts) {
                problems.append("\(name) allows \(rate.attempts) attempts; give it 1 to \(Self.mostAttempts)")
            }
            if !AttemptRate.periods.contains(rate.period) {
                problems.append("\(name) counts in \(rate.period); give it a period from 1 second to 31 days")
            }
        }
        if perKey == KeyLimits() {
            problems.append("perKey limits nothing; give it a concurrency or a rate")
        }
        return problems
    }

    /// The most attempts that a limit can allow.
    package static let mostAttempts = 1_000_000
}

/// The limits of the attempts of one key of a handler, over all processes.
///
/// The key is the one that the handler computes, or the event's ordering key; a job without a key has no such limit.
public struct KeyLimits: Hashable, Sendable {
    /// The most attempts of a key at once, at least 1; `nil` for no limit.
    public var concurrency: Int?
    /// The most attempts of a key in a time; `nil` for no limit.
    public var rate: AttemptRate?

    /// Sets limits.
    public init(concurrency: Int? = nil, rate: AttemptRate? = nil) {
        self.concurrency = concurrency
        self.rate = rate
    }
}

/// A number of attempts in a time, which no window of that length exceeds.
///
/// To keep that in every window, whenever it begins, attempts are spread over the period, and a few per cent fewer begin
/// than it allows.
public struct AttemptRate: Hashable, Sendable {
    /// The most attempts that begin in a period, from 1 to a million.
    public let attempts: Int
    /// The period, from 1 second to 31 days.
    public let period: Duration

    /// The periods that can be counted in.
    package static let periods: ClosedRange<Duration> = .seconds(1)...(.seconds(31 * 24 * 60 * 60))

    /// Allows so many attempts in any period of that length.
    public init(_ attempts: Int, per period: Duration) {
        self.attempts = attempts
        self.period = period
    }

    /// Allows so many attempts in any second.
    public static func perSecond(_ attempts: Int) -> AttemptRate {
        AttemptRate(attempts, per: .seconds(1))
    }

    /// Allows so many attempts in any minute.
    public static func perMinute(_ attempts: Int) -> AttemptRate {
        AttemptRate(attempts, per: .seconds(60))
    }

    /// Allows so many attempts in any hour.
    public static func perHour(_ attempts: Int) -> AttemptRate {
        AttemptRate(attempts, per: .seconds(60 * 60))
    }
}
