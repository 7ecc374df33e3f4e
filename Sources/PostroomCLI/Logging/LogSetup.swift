import CLibrary
package import Logging
package import PostroomConfiguration

/// The log of a program, made once when it starts.
///
/// ```swift
/// let logs = LogSetup(configuration.log, environment: environment)
/// LoggingSystem.bootstrap { logs.handler(label: $0) }
/// ```
package struct LogSetup: Sendable {
    private let level: Logger.Level
    private let format: LogFormat
    private let style: Style
    private let sink: any LogSink
    private let clock: @Sendable () -> LogTime

    /// Logs to standard error, in colour where it is a terminal.
    package init(_ settings: LogSettings, environment: [String: String]) {
        let style = Style.wanted(isTerminal: isatty(STDERR_FILENO) == 1, environment: environment)
        let format = settings.format
        let sink = DescriptorLogSink(descriptor: STDERR_FILENO) { count in
            Self.droppedLine(count, format, style)
        }
        self.init(level: settings.level, format: format, style: style, sink: sink, clock: LogTime.now)
    }

    /// Logs anywhere, for tests too.
    init(
        level: Logger.Level,
        format: LogFormat,
        style: Style,
        sink: any LogSink,
        clock: @escaping @Sendable () -> LogTime
    ) {
        self.level = level
        self.format = format
        self.style = style
        self.sink = sink
        self.clock = clock
    }

    /// Makes the handler of a logger.
    ///
    /// - Parameters:
    ///   - label: The logger's label.
    ///   - metadataProvider: The provider of metadata from the task that logs, if any.
    /// - Returns: A handler of the configured form and level.
    func handler(label: String, metadataProvider: Logger.MetadataProvider? = nil) -> any LogHandler {
        switch format {
        case .text: handler(TextLogLine(style: style), label, metadataProvider)
        case .json: handler(JSONLogLine(), label, metadataProvider)
        }
    }

    /// Makes a logger that does not go through the global bootstrap.
    package func logger(label: String) -> Logger {
        Logger(label: label) { handler(label: $0) }
    }

    private func handler<Format: LogLineFormat>(
        _ format: Format,
        _ label: String,
        _ metadataProvider: Logger.MetadataProvider?
    ) -> any LogHandler {
        LineLogHandler(
            label: label,
            level: level,
            format: format,
            sink: sink,
            metadataProvider: metadataProvider,
            clock: clock
        )
    }

    private static func droppedLine(_ count: Int, _ format: LogFormat, _ style: Style) -> [UInt8] {
        let lines = LogLines()
        let setup = LogSetup(level: .warning, format: format, style: style, sink: lines, clock: LogTime.now)
        setup.logger(label: "postroom.log").warning("log lines dropped", metadata: ["count": .stringConvertible(count)])
        return lines.bytes
    }
}
