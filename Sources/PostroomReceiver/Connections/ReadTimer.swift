import NIOCore

/// The time since which a sender is waited for, and the bytes of a body that came meanwhile.
struct ReadTimer {
    private var since: NIODeadline
    private var windowStart: NIODeadline
    private var windowBytes = 0
    private var bytes = 0

    init(at now: NIODeadline) {
        since = now
        windowStart = now
    }

    /// Begins to wait for something, or begins again.
    mutating func restart(at now: NIODeadline) {
        self = ReadTimer(at: now)
    }

    /// Takes note that bytes of a body came.
    mutating func received(_ count: Int) {
        windowBytes += count
        bytes += count
    }

    /// The time for which the sender has been waited for.
    func age(at now: NIODeadline) -> TimeAmount {
        now - since
    }

    /// The bytes of a body that came in a second: on the whole, or lately, whichever is less.
    ///
    /// So a sender can't begin quickly and then keep what it holds.
    func speed(at now: NIODeadline) -> Double {
        let whole = Self.speed(bytes, in: now - since)
        guard now - windowStart >= .seconds(1) else { return whole }
        return min(whole, Self.speed(windowBytes, in: now - windowStart))
    }

    /// The bytes of a second, from those of another time.
    static func speed(_ bytes: Int, in time: TimeAmount) -> Double {
        Double(bytes) * 1e9 / Double(max(1, time.nanoseconds))
    }

    /// Tells whether too little of a body came in a window of time; begins the next window otherwise.
    mutating func isStalled(at now: NIODeadline, _ timeouts: ReadTimeouts) -> Bool {
        guard now - windowStart >= timeouts.progress else { return false }
        guard windowBytes >= timeouts.progressBytes else { return true }
        windowStart = now
        windowBytes = 0
        return false
    }
}

/// The times that senders are waited for.
struct ReadTimeouts: Sendable {
    private let header: TimeAmount
    let body: TimeAmount
    let progress: TimeAmount
    let progressBytes: Int
    private let idle: TimeAmount
    let linger: TimeAmount

    /// The time that a connection may be silent, or take for a head, where there are too many.
    private static let crowded = TimeAmount.seconds(2)

    init(_ timeouts: ReceiverConfiguration.Timeouts) {
        header = TimeAmount(timeouts.header)
        body = TimeAmount(timeouts.body)
        progress = TimeAmount(timeouts.bodyProgress)
        progressBytes = timeouts.bodyProgressBytes
        idle = TimeAmount(timeouts.idle)
        linger = TimeAmount(timeouts.linger)
    }

    /// The time that a head may take.
    func header(isCrowded: Bool) -> TimeAmount {
        isCrowded ? min(header, Self.crowded) : header
    }

    /// The time that a connection may be silent between requests.
    func idle(isCrowded: Bool) -> TimeAmount {
        isCrowded ? min(idle, Self.crowded) : idle
    }

    /// The time between two looks at the clock, so that nothing is waited for much longer than allowed.
    var sweepInterval: TimeAmount {
        let shortest = min(min(header, body, progress), min(idle, linger))
        return .nanoseconds(min(max(shortest.nanoseconds / 4, 10_000_000), 1_000_000_000))
    }
}
