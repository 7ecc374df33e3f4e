/// The clock of a worker: for durations and intervals, never for times that the inbox decides.
package struct WorkerClock: Sendable {
    /// Returns the time since some fixed moment; it never goes back.
    package let now: @Sendable () -> Duration
    /// Returns after a time, or throws when its task is cancelled.
    package let sleep: @Sendable (_ duration: Duration) async throws -> Void

    /// Makes a clock, for tests.
    package init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (_ duration: Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's monotonic clock.
    package static let system: WorkerClock = {
        let start = ContinuousClock.now
        return WorkerClock(
            now: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0, tolerance: nil, clock: .continuous) }
        )
    }()
}
