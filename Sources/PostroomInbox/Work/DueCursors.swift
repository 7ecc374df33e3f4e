import PostroomCore
import Synchronization

/// The time at which the next claim of each handler's due retries begins to look.
///
/// Retries are claimed by the time they were due. Retries that were claimed and settled since the last vacuum are dead in that index,
/// and a claim from its start walks over all of it for as long as an old snapshot keeps it: 210 ms a claim beside 1.5
/// million dead rows. So a claim begins a little before the newest retry that it has seen, and from the very start after a
/// second, or later where such a look takes long, so that it takes a tenth of the time at most.
final class DueCursors: Sendable {
    private struct Place {
        var newest: Timestamp
        var looksFromStartAt: ContinuousClock.Instant
    }

    /// The distance behind the newest claimed one at which a claim begins: more than commits that are under way at once
    /// differ in their times.
    private let margin: Duration
    /// The time that stands for the start.
    static let beginning = Timestamp(rawValue: .min)
    /// The longest wait of a retry that became due behind the others' backs.
    private static let longest: Duration = .seconds(5)

    private let places = Mutex<[HandlerName: Place]>([:])

    /// Begins at the start.
    ///
    /// - Parameter margin: The distance behind the newest claimed one at which a claim begins. A job with a key may wait for
    ///   batches while later ones are claimed, and is due as before when it may be claimed.
    init(margin: Duration = .milliseconds(100)) {
        self.margin = margin
    }

    /// The time at which a claim begins.
    func start(handler: HandlerName, now: ContinuousClock.Instant = .now) -> Timestamp {
        places.withLock { places in
            guard let place = places[handler], now < place.looksFromStartAt else {
                return Self.beginning
            }
            return place.newest + (.zero - margin)
        }
    }

    /// Takes note of a claim's result.
    ///
    /// - Parameters:
    ///   - handler: The handler that it looked for.
    ///   - newest: The latest time at which a claimed retry was due, or `nil` where none was.
    ///   - start: The time at which it began.
    ///   - duration: Its duration.
    ///   - now: The time of its end.
    func note(
        handler: HandlerName,
        newest: Timestamp?,
        from start: Timestamp,
        took duration: Duration,
        now: ContinuousClock.Instant = .now
    ) {
        places.withLock { places in
            if start == Self.beginning {
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
    /// Lets the next claims look from the start, after something came among what they have passed.
    package func forgetPlaces() {
        cursors.reset()
        dueCursors.reset()
        orderedCursors.reset()
        batchFloor.reset()
    }
}
