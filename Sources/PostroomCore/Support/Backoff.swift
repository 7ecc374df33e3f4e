/// The pauses between tries of something that fails: twice as long each time, up to a limit, and spread so that many
/// processes do not come back at once.
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private let spread: ClosedRange<Double>
    private var tries = 0

    /// Begins with the shortest pause.
    ///
    /// - Parameters:
    ///   - first: The pause after the first failure, before it is spread.
    ///   - longest: The longest pause, before it is spread.
    ///   - spread: The factors between which each pause is spread.
    package init(from first: Duration, upTo longest: Duration, spread: ClosedRange<Double> = 0.5...1) {
        self.first = first
        self.longest = longest
        self.spread = spread
    }

    /// Returns the pause before the next try.
    ///
    /// - Parameter fraction: The place of the factor in its range, from 0 to 1.
    /// - Returns: The time to wait.
    package mutating func next(fraction: Double = .random(in: 0...1)) -> Duration {
        let full = min(longest, first * (1 << min(tries, 16)))
        tries += 1
        return full * (spread.lowerBound + (spread.upperBound - spread.lowerBound) * fraction)
    }

    /// Makes the next pause one of eight times the first at most.
    package mutating func ease() {
        tries = min(tries, 3)
    }

    /// Begins again with the shortest pause.
    package mutating func reset() {
        tries = 0
    }
}
