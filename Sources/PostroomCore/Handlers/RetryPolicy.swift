/// The policy for failed attempts: their delays, and the attempt that is the last.
///
/// Delays grow by a factor up to a maximum, and each is spread by jitter so that a thousand failures of one outage do
/// not come back in the same second.
public struct RetryPolicy: Hashable, Sendable {
    /// The number of attempts in all, from 1 to a billion.
    ///
    /// After the last one it is a dead letter.
    public let maximumAttempts: Int
    /// The delay before the second attempt.
    public let firstDelay: Duration
    /// The factor from each delay to the next, from 1 to a million.
    public let multiplier: Double
    /// The longest delay.
    public let maximumDelay: Duration
    /// The spread of a delay, from 0 (none) to 1: a jitter of 0.2 draws from 80 % to 120 %.
    public let jitter: Double

    /// The longest delay that a policy or a handler can ask for: ten years.
    public static let longestDelay = Duration.seconds(10 * 365 * 24 * 60 * 60)

    /// Returns the nearest duration from nothing to ``longestDelay``.
    ///
    /// An inbox can store it and add it to a moment, whatever number a handler or a clock made.
    public static func bounded(_ duration: Duration) -> Duration {
        min(longestDelay, max(.zero, duration))
    }

    /// Describes a policy in full.
    ///
    /// Values out of bounds are moved to the nearest bound; no delay is longer than ten years.
    public init(
        maximumAttempts: Int,
        firstDelay: Duration,
        multiplier: Double,
        maximumDelay: Duration,
        jitter: Double
    ) {
        self.maximumAttempts = min(1_000_000_000, max(1, maximumAttempts))
        self.firstDelay = Self.bounded(firstDelay)
        self.multiplier = multiplier > 1 ? min(1_000_000, multiplier) : 1
        self.maximumDelay = Self.bounded(maximumDelay)
        self.jitter = jitter > 0 ? min(1, jitter) : 0
    }

    /// Makes a policy with delays that grow: with the defaults 2 s, 6 s, 18 s, 54 s and so on up to 3 h, fifteen attempts over 20 hours.
    public static func exponential(
        maximumAttempts: Int = 15,
        firstDelay: Duration = .seconds(2),
        multiplier: Double = 3,
        maximumDelay: Duration = .seconds(3 * 60 * 60),
        jitter: Double = 0.2
    ) -> RetryPolicy {
        RetryPolicy(
            maximumAttempts: maximumAttempts,
            firstDelay: firstDelay,
            multiplier: multiplier,
            maximumDelay: maximumDelay,
            jitter: jitter
        )
    }

    /// Makes a policy with delays that stay the same.
    public static func constant(maximumAttempts: Int, delay: Duration, jitter: Double = 0.2) -> RetryPolicy {
        RetryPolicy(
            maximumAttempts: maximumAttempts,
            firstDelay: delay,
            multiplier: 1,
            maximumDelay: delay,
            jitter: jitter
        )
    }

    /// One attempt; the first failure is a dead letter.
    public static let never = RetryPolicy.constant(maximumAttempts: 1, delay: .zero)

    /// Returns the delay after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, from 1.
    ///   - generator: The source of the jitter.
    /// - Returns: The delay, or `nil` where that attempt was the last.
    public func delay(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration? {
        guard attempt < maximumAttempts else { return nil }
        var delay = min(maximumDelay, firstDelay)
        var growths = attempt - 1
        while growths > 0, multiplier > 1, delay > .zero, delay < maximumDelay {
            delay = min(maximumDelay, delay * multiplier)
            growths -= 1
        }
        guard jitter > 0 else { return delay }
        return Self.bounded(delay * Double.random(in: (1 - jitter)...(1 + jitter), using: &generator))
    }
}
