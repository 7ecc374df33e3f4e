import FoundationEssentials
import PostroomCore

/// A failed attempt, as a dead letter's history tells it.
struct FailedAttempt: Hashable, Sendable {
    /// Its number.
    let attempt: Int?
    /// When it failed.
    let at: Timestamp?
    /// How long it took.
    let duration: Duration?
    /// What went wrong.
    let error: String

    /// Reads a history.
    ///
    /// - Parameter json: A JSON array of objects with `attempt`, `at`, `seconds` and `error`.
    /// - Returns: The attempts in their order; none where the text is something else, as only the history would be lost.
    static func read(_ json: String) -> [FailedAttempt] {
        let entries = try? JSONDecoder().decode([Entry].self, from: Data(json.utf8))
        return (entries ?? [])
            .map { entry in
                FailedAttempt(
                    attempt: entry.attempt,
                    at: entry.at.flatMap(CalendarText.parse),
                    duration: entry.seconds.flatMap(duration),
                    error: entry.error ?? ""
                )
            }
    }

    /// Whole microseconds, which is what the database keeps.
    private static func duration(_ seconds: Double) -> Duration? {
        Int64(exactly: (seconds * 1_000_000).rounded()).map { .microseconds($0) }
    }

    private struct Entry: Decodable {
        let attempt: Int?
        let at: String?
        let seconds: Double?
        let error: String?
    }
}
