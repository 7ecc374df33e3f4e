/// A worker's sense of time: for how long things take and when to look again, never for what the inbox decides.
public struct WorkerClock: Sendable {
    /// The time since some fixed moment; it never goes back.
    public let now: @Sendable () -> Duration
    /// Returns after that time, or throws when its task is cancelled.
    public let sleep: @Sendable (_ duration: Duration) async throws -> Void

    /// A clock of one's own, for tests.
    public init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (_ duration: Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The system's monotonic clock.
    public static let system: WorkerClock = {
        let start = ContinuousClock.now
        return WorkerClock(
            now: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0, tolerance: nil, clock: .continuous) }
        )
    }()
}
