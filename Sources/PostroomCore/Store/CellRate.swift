/// A rate as cells, of which each attempt takes one: it decides how far apart they lie.
///
/// A cell is taken by the database's clock, and its attempt begins within ``life`` of that. Of the cells, at most
/// ``burst`` are taken at once, and one more in each ``interval``. So the attempts that begin in a window of the rate's
/// period had their cells taken in a window that is longer by ``life``: at most `burst + ⌊(period + life) ÷ interval⌋`,
/// which is the rate's number.
public struct CellRate: Hashable, Sendable {
    /// The time from one cell to the next, in whole microseconds.
    public let interval: Duration
    /// The most cells that can be taken at once.
    public let burst: Int
    /// The time after which a cell that was taken has expired.
    public let life: Duration

    /// Divides a rate into cells.
    ///
    /// - Parameters:
    ///   - rate: The rate.
    ///   - isReserved: `true` where cells are reserved for jobs, which must be found and begin in time when they come.
    public init(_ rate: AttemptRate, isReserved: Bool = false) {
        life =
            isReserved
            ? max(rate.period / 20, min(.milliseconds(500), rate.period / 4)) : min(.seconds(1), rate.period / 20)
        // A fiftieth at once keeps the calls few where the rate is high, and costs a fiftieth of the rate.
        burst = max(1, rate.attempts / 50)
        let span = (rate.period + life).microseconds
        let cells = Int64(rate.attempts - burst + 1)
        interval = .microseconds(span / cells + 1)
    }

    /// The cells of a moment.
    public struct Supply: Hashable, Sendable {
        /// The number that can be taken.
        public let free: Int
        /// The time from which the state counts on.
        fileprivate let begins: Timestamp
    }

    /// Returns the cells that can be taken.
    ///
    /// - Parameters:
    ///   - next: The state: the time that the cells which were taken reach up to; `nil` where none was.
    ///   - now: The database's time. A state that lies too far ahead of it was written before that clock was set back.
    /// - Returns: The number that is free, and where the state counts on.
    public func supply(_ next: Timestamp?, at now: Timestamp) -> Supply {
        let reach = now + interval * burst
        let begins = max(now, min(next ?? now, reach))
        let span = reach.rawValue - begins.rawValue
        return Supply(free: Int(span / interval.microseconds), begins: begins)
    }

    /// Takes cells.
    ///
    /// - Parameters:
    ///   - count: Their number, at most what is free.
    ///   - supply: The cells of the moment.
    /// - Returns: The state after that.
    public func state(taking count: Int, of supply: Supply) -> Timestamp {
        supply.begins + interval * count
    }

    /// Returns the time from a moment until a cell can be taken.
    public func wait(_ next: Timestamp, at now: Timestamp) -> Duration {
        let free = next + (.zero - interval * (burst - 1))
        return max(.zero, .microseconds(free.rawValue - now.rawValue))
    }
}
