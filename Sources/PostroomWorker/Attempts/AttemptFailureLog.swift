import Logging
import PostroomCore
import Synchronization

/// The log of one handler's failed attempts: the first of each kind in every interval with all that is known of them, and
/// the number of the others at its end.
///
/// A handler whose service is down fails thousands of times a second, always for the same reason; every failure is on
/// record in the inbox and counted by the metrics whether a line tells of it or not.
final class AttemptFailureLog: Sendable {
    /// The consequence of a failure.
    enum Consequence {
        case retried(in: Duration)
        case dead(DeathReason)
    }

    /// Failures that are alike.
    private struct Kind: Hashable {
        let isDead: Bool
        let likeness: String
    }

    private struct Tally {
        let until: Duration
        var told = 1
        var untold = 0
        /// The last failure that was not logged.
        var example = ""
    }

    /// The number of failures of a kind that are logged one by one in each interval.
    static let toldOneByOne = 3
    static let interval: Duration = .seconds(30)
    /// The number of kinds that are told apart; all errors beyond them are taken for one kind.
    static let mostKinds = 64

    private let handler: HandlerName
    private let log: Logger
    private let clock: WorkerClock
    private let tallies = Mutex<[Kind: Tally]>([:])

    init(_ handler: HandlerName, _ log: Logger, _ clock: WorkerClock) {
        self.handler = handler
        self.log = log
        self.clock = clock
    }

    /// Logs a failure, or counts it.
    ///
    /// - Parameters:
    ///   - failure: The failure as it is recorded.
    ///   - words: The words of it that may be logged; `nil` for all that is recorded.
    ///   - delivery: The delivery that was handled.
    ///   - consequence: The consequence.
    func note(
        _ failure: AttemptFailure,
        as words: String? = nil,
        _ delivery: DeliveryID,
        _ consequence: Consequence
    ) {
        let isDead = if case .dead = consequence { true } else { false }
        let error = words ?? failure.error
        guard isTold(error, isDead: isDead, at: clock.now()) else { return }
        var metadata: Logger.Metadata = [
            "handler": .string(handler.rawValue),
            "delivery": .stringConvertible(delivery),
            "attempt": .stringConvertible(failure.attempt),
            "error": .string(error),
        ]
        switch consequence {
        case .retried(RetryPolicy.longestDelay):
            log.warning("attempt failed, to be tried again in ten years", metadata: metadata)
        case .retried(let delay):
            metadata["retry-in"] = .stringConvertible(delay)
            log.info("attempt failed", metadata: metadata)
        case .dead(let reason):
            metadata["reason"] = .string(reason.rawValue)
            log.warning("dead letter", metadata: metadata)
        }
    }

    /// Logs the number of failures that were not logged one by one, for the kinds whose interval is over, or for all.
    func tellUntold(all: Bool) {
        let now = clock.now()
        let ended = tallies.withLock { tallies in
            let ended = tallies.filter { all || $0.value.until <= now }
            for kind in ended.keys {
                tallies[kind] = nil
            }
            return ended
        }
        for (kind, tally) in ended where tally.untold > 0 {
            let metadata: Logger.Metadata = [
                "handler": .string(handler.rawValue),
                "count": .stringConvertible(tally.untold),
                "error": .string(tally.example),
            ]
            if kind.isDead {
                log.warning("more dead letters for a like error", metadata: metadata)
            } else {
                log.info("more attempts failed with a like error", metadata: metadata)
            }
        }
    }

    private func isTold(_ error: String, isDead: Bool, at now: Duration) -> Bool {
        let kind = Kind(isDead: isDead, likeness: Self.likeness(of: error))
        return tallies.withLock { tallies in
            let other = Kind(isDead: isDead, likeness: "")
            let kept = tallies[kind] != nil || tallies.count < Self.mostKinds ? kind : other
            guard var tally = tallies[kept] else {
                tallies[kept] = Tally(until: now + Self.interval)
                return true
            }
            if tally.told < Self.toldOneByOne {
                tally.told += 1
                tallies[kept] = tally
                return true
            }
            tally.untold += 1
            tally.example = error
            tallies[kept] = tally
            return false
        }
    }

    /// Returns the beginning of an error's first line with `#` in place of numbers and identities, as the groups of dead
    /// letters have it.
    static func likeness(of error: String) -> String {
        var likeness: [UInt8] = []
        var run: [UInt8] = []
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func endRun() {
            guard !run.isEmpty else { return }
            if run.count >= 8 {
                likeness.append(UInt8(ascii: "#"))
            } else {
                for byte in run where !(isDigit(byte) && likeness.last == UInt8(ascii: "#")) {
                    likeness.append(isDigit(byte) ? UInt8(ascii: "#") : byte)
                }
            }
            run = []
        }
        for byte in error.utf8.prefix(while: { $0 != UInt8(ascii: "\n") }).prefix(512) {
            if isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20) {
                run.append(byte)
            } else {
                endRun()
                likeness.append(byte)
            }
        }
        endRun()
        return String(decoding: likeness, as: UTF8.self)
    }
}
