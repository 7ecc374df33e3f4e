/// A clock on which every wait is over at once, or on which none ever is.
struct StoppedClock: Clock {
    let minimumResolution = Duration.zero
    /// A mark of waits that are over at once.
    let isOver: Bool

    var now: ContinuousClock.Instant {
        ContinuousClock.now
    }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        guard !isOver else {
            return
        }
        let stream = AsyncStream<Void> { _ in }
        for await _ in stream {}
        try Task.checkCancellation()
    }
}
