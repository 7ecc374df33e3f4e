import Logging

/// What is logged, and in which form.
struct LogSettings: Hashable, Sendable {
    /// The least level that is logged.
    var level: Logger.Level = .info
    /// The form of a line.
    var format: LogFormat = .text

    /// The keys of the section.
    static let table: [Setting<LogSettings>] = [
        Setting("level", \.level, .choice, "the least level that is logged"),
        Setting("format", \.format, .choice, "the form of a line: for people, or for machines"),
    ]
}
