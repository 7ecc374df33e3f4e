import PostgresClient
import PostroomCore

/// The number of rows that the next bounded step looks at.
///
/// It grows while steps are short and shrinks when they are long, so that a step ends within any `statement_timeout` that
/// lets a statement run at all, and holds the connection for no longer than a scrape can wait.
struct StepSize: Sendable {
    /// The rows that the next step looks at.
    private(set) var rows: Int32 = 10_000

    static let least: Int32 = 16
    static let most: Int32 = 50_000

    /// Learns from a step that ended.
    mutating func ended(in duration: Duration) {
        if duration < .milliseconds(50) {
            rows = min(rows * 2, Self.most)
        } else if duration > .milliseconds(200) {
            rows = max(rows / 2, Self.least)
        }
    }

    /// Learns from a step that the server cut short.
    ///
    /// - Returns: True if a smaller one is worth trying.
    mutating func timedOut() -> Bool {
        guard rows > Self.least else { return false }
        rows = max(rows / 4, Self.least)
        return true
    }
}

/// The result of a search that looks at rows in bounded steps, newest first.
package struct Listing<Element: Sendable>: Sendable {
    /// The elements that were found, newest first.
    package var found: [Element]
    /// The place at which the search gave up before it had found as many as were wanted; `nil` where there are no others.
    package var stop: SearchStop?

    /// Puts a listing together.
    package init(found: [Element], stop: SearchStop? = nil) {
        self.found = found
        self.stop = stop
    }
}

/// The place at which a search gave up.
package struct SearchStop: Hashable, Sendable {
    /// The number of rows that it looked at.
    package let looked: Int
    /// The id or number below which it has not looked.
    package let before: Int64

    /// Names a place.
    package init(looked: Int, before: Int64) {
        self.looked = looked
        self.before = before
    }
}

extension Inbox {
    /// The longest time of a search, unless the caller gives another.
    package static let searchTime: Duration = .seconds(3)

    /// Runs a step over the maintenance connection, and a smaller one where the server cut it short.
    ///
    /// - Parameters:
    ///   - size: The number of rows that it looks at; it learns from each step.
    ///   - statement: Makes the statement for a number of rows.
    /// - Returns: The statement's rows.
    /// - Throws: ``PostroomCore/QueueError``, also where the smallest step was cut short.
    func step<S: Statement>(
        _ size: inout StepSize,
        _ statement: (_ rows: Int32) -> S
    ) async throws(QueueError) -> [S.Row] {
        while true {
            let start = ContinuousClock.now
            do throws(PostgresError) {
                let rows = try await executeForActor(statement(size.rows))
                size.ended(in: ContinuousClock.now - start)
                return rows
            } catch {
                guard error.sqlState == .queryCanceled, size.timedOut() else { throw QueueError(error) }
            }
        }
    }

    /// Looks in bounded steps until enough was found, nothing is left, or the time is over.
    ///
    /// - Parameters:
    ///   - start: The id or number below which it looks, or `nil` for the newest.
    ///   - limit: The most that it finds.
    ///   - time: The longest time that it looks; a step that has begun is ended.
    ///   - look: Looks once below a place, for at most so many, and returns the elements that it found, the number of rows
    ///     that it looked at, and the place that it came to, or `nil` for the end.
    /// - Returns: The elements that were found, and the place at which it gave up.
    /// - Throws: The error of a look.
    func search<Element: Sendable>(
        below start: Int64?,
        limit: Int,
        for time: Duration,
        _ look: (_ before: Int64, _ most: Int) async throws(QueueError) -> (found: [Element], looked: Int, next: Int64?)
    ) async throws(QueueError) -> Listing<Element> {
        let deadline = ContinuousClock.now + time
        var listing = Listing<Element>(found: [])
        var looked = 0
        var before = start ?? .max
        while listing.found.count < limit {
            let part = try await look(before, limit - listing.found.count)
            listing.found += part.found
            looked += part.looked
            guard let next = part.next else { break }
            before = next
            if listing.found.count < limit, ContinuousClock.now >= deadline {
                listing.stop = SearchStop(looked: looked, before: before)
                break
            }
        }
        return listing
    }

    /// Adds up the counts of bounded steps, from the newest row to the oldest.
    ///
    /// - Parameter look: Looks once below a place with a step size, and returns the count, and the place that it came to,
    ///   or `nil` for the end.
    /// - Returns: The sum.
    /// - Throws: The error of a look.
    func sum(
        _ look: (_ before: Int64, _ size: inout StepSize) async throws(QueueError) -> (count: Int, next: Int64?)
    ) async throws(QueueError) -> Int {
        var size = StepSize()
        var total = 0
        var before: Int64? = .max
        while let place = before {
            let part = try await look(place, &size)
            total += part.count
            before = part.next
        }
        return total
    }
}
