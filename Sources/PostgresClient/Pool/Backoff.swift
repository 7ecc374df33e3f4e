/// The pauses between tries to connect: twice as long each time, up to a limit, and spread so that many processes do
/// not come back at once.
struct Backoff {
    private let first = Duration.milliseconds(50)
    private let limit: Duration
    private var tries = 0

    init(limit: Duration) {
        self.limit = limit
    }

    /// The next pause.
    ///
    /// - Parameter fraction: Where between half of the full pause and all of it, from 0 to 1.
    /// - Returns: How long to wait before the next try.
    mutating func next(fraction: Double = .random(in: 0...1)) -> Duration {
        let full = min(limit, first * (1 << min(tries, 16)))
        tries += 1
        return full / 2 + full / 2 * fraction
    }

    /// Makes the next pause one of 0.4 s at most.
    mutating func ease() {
        tries = min(tries, 3)
    }

    /// Begins again with the shortest pause.
    mutating func reset() {
        tries = 0
    }
}
