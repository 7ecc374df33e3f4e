import NIOCore

/// Which refusals are worth a line in the log: at most one for each endpoint and reason in each window.
struct RefusalTally {
    struct Key: Hashable, Sendable {
        let endpoint: String
        let reason: String
    }

    private struct Entry {
        var until: NIODeadline
        var unreported = 0
    }

    private let window: TimeAmount
    private var entries: [Key: Entry] = [:]

    init(window: TimeAmount) {
        self.window = window
    }

    /// Counts a refusal.
    ///
    /// - Returns: Whether it is reported at once.
    mutating func record(_ key: Key, at now: NIODeadline) -> Bool {
        guard entries[key] == nil else {
            entries[key]?.unreported += 1
            return false
        }
        entries[key] = Entry(until: now + window)
        return true
    }

    /// Ends windows.
    ///
    /// - Returns: What was counted in them and not reported.
    mutating func due(at now: NIODeadline) -> [(key: Key, count: Int)] {
        var reports: [(key: Key, count: Int)] = []
        for (key, entry) in entries where entry.until <= now {
            if entry.unreported > 0 {
                reports.append((key, entry.unreported))
                entries[key] = Entry(until: now + window)
            } else {
                entries[key] = nil
            }
        }
        return reports
    }
}
