package import Logging

/// The level and the form of the log.
package struct LogSettings: Hashable, Sendable {
    /// The least level that is logged.
    package var level: Logger.Level
    /// The form of a line.
    package var format: LogFormat

    /// Logs from a level on, in a form.
    package init(level: Logger.Level = .info, format: LogFormat = .text) {
        self.level = level
        self.format = format
    }

    /// The keys of the section.
    package static let table: [Setting<LogSettings>] = [
        Setting("level", \.level, .choice, "the least level that is logged"),
        Setting("format", \.format, .choice, "the form of a line: for people, or for machines"),
    ]
}

/// The form of a log line.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// For machines: a JSON object.
    case json
}
