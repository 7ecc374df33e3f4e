/// When to look through all claims for those of workers that have no row to expire.
///
/// Claims don't lock their worker's row, so that one may be committed while that row is removed. Such a commit ends within
/// moments: a look soon after each removal finds what it left, and one a minute whatever else there is.
struct FullRescueClock {
    private static let soon = Duration.seconds(5)
    private static let always = Duration.seconds(60)

    private var next: ContinuousClock.Instant?

    /// Whether it is time; the first look of a process always is due.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        next.map { $0 <= now } ?? true
    }

    /// All claims have been looked through.
    mutating func ended(removedWorkers: Bool, at now: ContinuousClock.Instant) {
        next = now + (removedWorkers ? Self.soon : Self.always)
    }
}
