/// The source of a worker's jitter.
package struct WorkerRandom: RandomNumberGenerator, Sendable {
    private let source: @Sendable () -> UInt64

    /// Makes a source of given numbers, for tests.
    package init(_ source: @escaping @Sendable () -> UInt64) {
        self.source = source
    }

    /// The system's random numbers.
    package static let system = WorkerRandom {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// Returns the next number.
    package mutating func next() -> UInt64 {
        source()
    }

    /// Returns the duration spread by a fifth to either side, so that many workers do not act in step.
    func jittered(_ duration: Duration) -> Duration {
        var generator = self
        return duration * Double.random(in: 0.8...1.2, using: &generator)
    }
}
