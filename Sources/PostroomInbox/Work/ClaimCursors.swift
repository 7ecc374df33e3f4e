import PostroomCore
import Synchronization

/// The batch at which the next claim begins to look.
///
/// Claiming from the start would walk over the dead rows of everything that was settled since the last vacuum, for as long
/// as an old snapshot keeps them. Commits become visible out of the order of their numbers, so a claim begins a little
/// before the newest batch it has seen, and from the very start once a second.
final class ClaimCursors: Sendable {
    private struct Place {
        var newest: Int64 = 0
        var lastFromStart: ContinuousClock.Instant?
    }

    /// How far behind the newest claimed batch a claim begins: more than the commits that are under way at once.
    ///
    /// Under an old snapshot every claim walks over that many dead rows.
    private static let margin: Int64 = 64
    private let place = Mutex(Place())

    /// The batch to begin at.
    func start(now: ContinuousClock.Instant = .now) -> Int64 {
        place.withLock { place in
            if let last = place.lastFromStart, now - last < .seconds(1) {
                return max(0, place.newest - Self.margin)
            }
            place.lastFromStart = now
            return 0
        }
    }

    /// Notes a claimed batch.
    func note(_ batch: BatchID) {
        place.withLock { $0.newest = max($0.newest, batch.rawValue) }
    }

    /// Begins at the start next time, after claims came back.
    func reset() {
        place.withLock { $0 = Place() }
    }
}
