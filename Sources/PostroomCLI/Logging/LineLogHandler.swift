import Logging

/// A log handler that writes each event as one line.
///
/// A logger asks for the level before it makes the event, so that a level that is off costs one comparison.
struct LineLogHandler<Format: LogLineFormat>: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: Format
    private let sink: any LogSink
    private let clock: @Sendable () -> LogTime

    /// Makes the handler of a logger.
    init(
        label: String,
        level: Logger.Level,
        format: Format,
        sink: any LogSink,
        metadataProvider: Logger.MetadataProvider?,
        clock: @escaping @Sendable () -> LogTime
    ) {
        self.logLevel = level
        self.metadataProvider = metadataProvider
        self.label = label
        self.format = format
        self.sink = sink
        self.clock = clock
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() {
            all.merge(provided) { _, new in new }
        }
        if let own = event.metadata {
            all.merge(own) { _, new in new }
        }
        if let error = event.error {
            all["error"] = .string("\(error)")
            all["error.type"] = .string(String(reflecting: type(of: error)))
        }
        var line: [UInt8] = []
        line.reserveCapacity(256)
        format.append(event, all, label: label, time: clock(), to: &line)
        sink.write(line)
    }
}
