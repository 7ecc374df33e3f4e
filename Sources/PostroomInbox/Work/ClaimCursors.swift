import PostroomCore
import Synchronization

/// The batch at which the next claim begins to look.
///
/// Claiming from the start would walk over the dead rows of everything that was settled since the last vacuum, for as long
/// as an old snapshot keeps them. Commits become visible out of the order of their numbers, so a claim begins a little
/// before the newest batch it has seen, and from the very start once a second.
final class ClaimCursors: Sendable {
    private struct Place {
        var newest = BatchID(rawValue: 0)
        var lastFromStart: ContinuousClock.Instant?
    }

    /// The distance behind the newest claimed batch at which a claim begins: more than the commits that are under way at
    /// once.
    ///
    /// Under an old snapshot every claim walks over that many dead rows.
    private static let margin: Int64 = 64
    private let place = Mutex(Place())

    /// The batch to begin at.
    func start(now: ContinuousClock.Instant = .now) -> BatchID {
        place.withLock { place in
            if let last = place.lastFromStart, now - last < .seconds(1) {
                return BatchID(rawValue: max(0, place.newest.rawValue - Self.margin))
            }
            place.lastFromStart = now
            return BatchID(rawValue: 0)
        }
    }

    /// Notes a claimed batch.
    func note(_ batch: BatchID) {
        place.withLock { $0.newest = max($0.newest, batch) }
    }

    /// Begins at the start next time, after claims came back.
    func reset() {
        place.withLock { $0 = Place() }
    }
}
