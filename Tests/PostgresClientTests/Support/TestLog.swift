import Logging
import Synchronization

/// A log that keeps its lines.
final class TestLog: LogHandler {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: String
    }

    private let kept = Mutex<[Line]>([])
    private let common = Mutex<Logger.Metadata>([:])

    var lines: [Line] { kept.withLock(\.self) }
    /// The lines that an operator gets to see.
    var messages: [String] { lines.filter { $0.level >= .info }.map(\.message) }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    var metadata: Logger.Metadata {
        get { common.withLock(\.self) }
        set { common.withLock { $0 = newValue } }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { common.withLock { $0[key] } }
        set { common.withLock { $0[key] = newValue } }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let text = all.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        let line = Line(level: event.level, message: "\(event.message)", metadata: text)
        kept.withLock { $0.append(line) }
    }
}
