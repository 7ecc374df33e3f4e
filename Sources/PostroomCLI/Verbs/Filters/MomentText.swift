import ArgumentParser
import PostroomConfiguration
import PostroomCore

/// A moment as people say it in a filter: a date and time, or how long ago.
enum MomentText: Hashable, Sendable {
    /// At that moment.
    case at(Timestamp)
    /// That long before now.
    case ago(Duration)

    /// What a filter takes, for people whose text does not fit.
    static let expectation = """
        expected a date (2026-05-31), a date and time (2026-05-31T14:30:00, UTC unless an offset such as +02:00 \
        follows), or an age (30m, 2h, 3d)
        """

    /// A hundred years, beyond which nobody means an age.
    private static let oldest: Duration = .seconds(100 * 366 * 86_400)

    /// Reads a moment.
    ///
    /// - Parameter text: A date, a date and time, or an age such as `90s`, `30m`, `2h` and `1d12h`.
    /// - Returns: The moment, or `nil` for any other text.
    static func parse(_ text: String) -> MomentText? {
        if let age = DurationText.parse(text) {
            return age <= oldest ? .ago(age) : nil
        }
        return CalendarText.parse(text).map(MomentText.at)
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> MomentText {
        guard let moment = parse(text) else { throw ValidationError(expectation) }
        return moment
    }

    /// The moment itself.
    func resolved(now: Timestamp) -> Timestamp {
        switch self {
        case .at(let moment): moment
        case .ago(let age): now + (.zero - age)
        }
    }
}
