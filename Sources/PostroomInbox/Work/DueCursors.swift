import PostroomCore
import Synchronization

/// The time at which the next claim of each handler's due retries begins to look.
///
/// Retries are claimed by the time they were due. What was claimed and settled since the last vacuum is dead in that index,
/// and a claim from its start walks over all of it for as long as an old snapshot keeps it: 210 ms a claim beside 1.5
/// million dead rows. So a claim begins a little before the newest retry that it has seen, and from the very start after a
/// second, or later where such a look takes long, so that it takes a tenth of the time at most.
final class DueCursors: Sendable {
    private struct Place {
        var newest: Int64
        var looksFromStartAt: ContinuousClock.Instant
    }

    /// How far behind the newest claimed one a claim begins, in microseconds: more than commits that are under way at once
    /// differ in their times.
    private static let margin: Int64 = 100_000
    /// How long a retry that became due behind the others' backs may wait at the most.
    private static let longest: Duration = .seconds(5)

    private let places = Mutex<[HandlerName: Place]>([:])

    /// The time at which a claim begins, in microseconds since 2000; the least number stands for the start.
    func start(handler: HandlerName, now: ContinuousClock.Instant = .now) -> Int64 {
        places.withLock { places in
            guard let place = places[handler], now < place.looksFromStartAt else {
                return .min
            }
            return place.newest - Self.margin
        }
    }

    /// Notes what a claim found.
    ///
    /// - Parameters:
    ///   - handler: The handler that it looked for.
    ///   - newest: The latest time at which a claimed retry was due, or `nil` where none was.
    ///   - start: Where it began.
    ///   - duration: How long it took.
    ///   - now: The time of its end.
    func note(
        handler: HandlerName,
        newest: Int64?,
        from start: Int64,
        took duration: Duration,
        now: ContinuousClock.Instant = .now
    ) {
        places.withLock { places in
            if start == .min {
                // Where none is due there is nothing to begin behind.
                places[handler] = newest.map {
                    Place(newest: $0, looksFromStartAt: now + max(.seconds(1), min(duration * 10, Self.longest)))
                }
            } else if let newest {
                let known = places[handler]?.newest ?? newest
                places[handler]?.newest = max(known, newest)
            }
        }
    }

    /// Begins at the start next time, after claims came back.
    func reset() {
        places.withLock { $0.removeAll() }
    }
}

extension Inbox {
    /// Lets the next claims look from the start, for tests that move the times of what is there.
    package func forgetPlaces() {
        cursors.reset()
        dueCursors.reset()
    }
}
