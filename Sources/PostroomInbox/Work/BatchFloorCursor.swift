import PostroomCore
import Synchronization

/// The batch below which none is left, from which claims of ordered jobs look for the first one that there is.
///
/// Looking from the start would walk over the dead rows of everything that was settled since the last vacuum. Commits become
/// visible out of the order of their numbers, so a look begins a little before the batch that the last one found, and at the
/// very start once a second: a transaction of somebody who enqueues may be open for long.
final class BatchFloorCursor: Sendable {
    private struct Place {
        var floor: Int64 = 0
        var lastFromStart: ContinuousClock.Instant?
    }

    /// More than the commits that are under way at once.
    private static let margin: Int64 = 64
    private let place = Mutex(Place())

    /// The batch to look from.
    func start(now: ContinuousClock.Instant = .now) -> BatchID {
        place.withLock { place in
            if let last = place.lastFromStart, now - last < .seconds(1) {
                return BatchID(rawValue: max(0, place.floor - Self.margin))
            }
            place.lastFromStart = now
            return BatchID(rawValue: 0)
        }
    }

    /// Takes note of the first batch that a look found, or of the newest number where there is none.
    func note(_ batch: BatchID) {
        place.withLock { $0.floor = batch.rawValue }
    }

    /// Begins at the start next time.
    func reset() {
        place.withLock { $0 = Place() }
    }
}
