/// Where a worker's jitter comes from.
public struct WorkerRandom: RandomNumberGenerator, Sendable {
    private let source: @Sendable () -> UInt64

    /// Numbers of one's own, for tests.
    public init(_ source: @escaping @Sendable () -> UInt64) {
        self.source = source
    }

    /// The system's random numbers.
    public static let system = WorkerRandom {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        source()
    }

    /// A duration spread by a fifth to either side, so that many workers don't act in step.
    func jittered(_ duration: Duration) -> Duration {
        var generator = self
        return duration * Double.random(in: 0.8...1.2, using: &generator)
    }
}
