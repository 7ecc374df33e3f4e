import Logging
import NIOCore

/// A count of events that are worth a line in the log: at most one for each key in each window.
struct Tally<Key: Hashable & Sendable>: Sendable {
    /// A line that is due.
    struct Report: Sendable {
        let key: Key
        let count: Int
        /// An example: the newest of its events, where that was told.
        let example: Logger.Metadata
    }

    private struct Entry {
        var until: NIODeadline
        var unreported = 0
        var example: Logger.Metadata = [:]
    }

    private let window: TimeAmount
    private var entries: [Key: Entry] = [:]

    init(window: TimeAmount) {
        self.window = window
    }

    /// Counts an event.
    ///
    /// - Returns: True where it is reported at once.
    mutating func record(_ key: Key, example: Logger.Metadata = [:], at now: NIODeadline) -> Bool {
        guard entries[key] == nil else {
            entries[key]?.unreported += 1
            entries[key]?.example = example
            return false
        }
        entries[key] = Entry(until: now + window)
        return true
    }

    /// Ends windows.
    ///
    /// - Returns: The events that were counted in them and not reported.
    mutating func due(at now: NIODeadline) -> [Report] {
        var reports: [Report] = []
        for (key, entry) in entries where entry.until <= now {
            if entry.unreported > 0 {
                reports.append(Report(key: key, count: entry.unreported, example: entry.example))
                entries[key] = Entry(until: now + window)
            } else {
                entries[key] = nil
            }
        }
        return reports
    }
}
