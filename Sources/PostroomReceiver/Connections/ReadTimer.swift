import NIOCore

/// What a connection waits for from its sender, and since when.
struct ReadTimer {
    /// What is waited for.
    enum Phase: Hashable, CaseIterable {
        /// The first request of a connection.
        case firstHead
        /// Another request, of which nothing has come.
        case idle
        /// The rest of a head.
        case head
        /// The rest of a body.
        case body
        /// The rest of a body that was answered without it.
        case discarding
        /// That the sender hangs up; nothing it sends is looked at.
        case lingering
    }

    private(set) var phase: Phase = .firstHead
    private var since: NIODeadline
    private var windowStart: NIODeadline
    private var windowBytes = 0
    private var bytes = 0

    init(at now: NIODeadline) {
        since = now
        windowStart = now
    }

    /// Starts to wait for something, or starts again.
    mutating func enter(_ phase: Phase, at now: NIODeadline) {
        self.phase = phase
        since = now
        windowStart = now
        windowBytes = 0
        bytes = 0
    }

    /// Notes that bytes of a body came.
    mutating func received(_ count: Int) {
        windowBytes += count
        bytes += count
    }

    /// How long the sender has been waited for.
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

    private static func speed(_ bytes: Int, in time: TimeAmount) -> Double {
        Double(bytes) * 1e9 / Double(max(1, time.nanoseconds))
    }

    /// Whether the sender has been waited for long enough.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - patience: How long is long enough.
    ///   - isCrowded: Whether there are so many connections that those without a whole head have to go.
    /// - Returns: Whether to give it up.
    mutating func isOverdue(at now: NIODeadline, _ timeouts: ReadTimeouts, isCrowded: Bool) -> Bool {
        let waited = now - since
        switch phase {
        case .firstHead: return waited >= (isCrowded ? min(timeouts.header, ReadTimeouts.crowded) : timeouts.header)
        case .idle: return waited >= (isCrowded ? min(timeouts.idle, ReadTimeouts.crowded) : timeouts.idle)
        case .head: return waited >= (isCrowded ? min(timeouts.header, ReadTimeouts.crowded) : timeouts.header)
        case .lingering: return waited >= timeouts.linger
        case .body, .discarding: return waited >= timeouts.body || isStalled(at: now, timeouts)
        }
    }

    /// Whether too little of a body came in a window of time; starts the next window otherwise.
    private mutating func isStalled(at now: NIODeadline, _ timeouts: ReadTimeouts) -> Bool {
        guard now - windowStart >= timeouts.progress else { return false }
        guard windowBytes >= timeouts.progressBytes else { return true }
        windowStart = now
        windowBytes = 0
        return false
    }
}

/// How long senders are waited for.
struct ReadTimeouts: Sendable {
    var header: TimeAmount
    var body: TimeAmount
    var progress: TimeAmount
    var progressBytes: Int
    var idle: TimeAmount
    var linger: TimeAmount

    /// How long a connection may be silent, or take for a head, where there are too many.
    static let crowded = TimeAmount.seconds(2)

    init(_ timeouts: ReceiverConfiguration.Timeouts) {
        header = TimeAmount(timeouts.header)
        body = TimeAmount(timeouts.body)
        progress = TimeAmount(timeouts.bodyProgress)
        progressBytes = timeouts.bodyProgressBytes
        idle = TimeAmount(timeouts.idle)
        linger = TimeAmount(timeouts.linger)
    }

    /// How often the time is looked at: so that nothing is waited for much longer than allowed.
    var sweepInterval: TimeAmount {
        let shortest = min(min(header, body, progress), min(idle, linger))
        return .nanoseconds(min(max(shortest.nanoseconds / 4, 10_000_000), 1_000_000_000))
    }
}
