import PostroomCore
import Synchronization

/// Where the next claim of each shard begins to look.
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
    private let places = Mutex<[Int16: Place]>([:])
    private let turns = Mutex<(batches: Int16, retries: Int16)>((0, 0))

    /// The shard whose batches are claimed first, another one each time.
    func nextTurn(of shards: Int16) -> Int16 {
        turns.withLock { turns in
            turns.batches = (turns.batches + 1) % shards
            return turns.batches
        }
    }

    /// The shard whose retries are claimed first, another one each time.
    func nextRetryTurn(of shards: Int16) -> Int16 {
        turns.withLock { turns in
            turns.retries = (turns.retries + 1) % shards
            return turns.retries
        }
    }

    /// The batch to begin at.
    func start(shard: Int16, now: ContinuousClock.Instant = .now) -> Int64 {
        places.withLock { places in
            var place = places[shard, default: Place()]
            defer { places[shard] = place }
            if let last = place.lastFromStart, now - last < .seconds(1) {
                return max(0, place.newest - Self.margin)
            }
            place.lastFromStart = now
            return 0
        }
    }

    /// Notes what was claimed.
    func note(_ batch: BatchID, shard: Int16) {
        places.withLock { $0[shard, default: Place()].newest = max($0[shard]?.newest ?? 0, batch.rawValue) }
    }

    /// Begins at the start next time, after claims came back.
    func reset() {
        places.withLock { $0.removeAll() }
    }
}
