import Logging
import PostroomCore

/// Writes a log event as one line.
protocol LogLineFormat: Sendable {
    /// Appends the line with its end.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - metadata: Everything that is known beside the message, the event's own metadata included.
    ///   - label: The logger's label.
    ///   - time: When it was logged.
    ///   - bytes: The destination of the line.
    func append(
        _ event: LogEvent,
        _ metadata: Logger.Metadata,
        label: String,
        time: LogTime,
        to bytes: inout [UInt8]
    )
}

/// Lines for people: time, level, message, `key=value`.
struct TextLogLine: LogLineFormat {
    /// The style of the level.
    let style: Style

    func append(
        _ event: LogEvent,
        _ metadata: Logger.Metadata,
        label: String,
        time: LogTime,
        to bytes: inout [UInt8]
    ) {
        time.append(to: &bytes)
        bytes.append(UInt8(ascii: " "))
        let level = event.level.rawValue.uppercased()
        bytes.append(contentsOf: style(level, Self.style(event.level)).utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 9 - level.utf8.count))
        bytes.append(contentsOf: EscapedText.of(event.message.description).utf8)
        for (key, value) in FlatMetadata(metadata).pairs {
            bytes.append(UInt8(ascii: " "))
            Self.append(key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            switch value {
            case .text(let text): Self.append(text, to: &bytes)
            case .list(let texts): Self.append("[" + texts.joined(separator: ", ") + "]", to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func style(_ level: Logger.Level) -> TextStyle? {
        switch level {
        case .trace, .debug: .dim
        case .info: nil
        case .notice: .green
        case .warning: .yellow
        case .error: .red
        case .critical: .boldRed
        }
    }

    /// Appends a text bare if it can't be misread, and in quotes otherwise.
    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let isBare = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"\\=".utf8.contains($0) }
        if isBare, !text.unicodeScalars.contains(where: EscapedText.isActive) {
            bytes.append(contentsOf: text.utf8)
        } else {
            JSONString.append(text, to: &bytes, escaping: EscapedText.isActive)
        }
    }
}

/// Lines for machines: a JSON object with `time`, `level`, `message`, `logger` and the metadata beside them.
///
/// Metadata is flat, its values are texts or lists of texts, and no name comes twice: one that is taken gets
/// `metadata.` before it.
struct JSONLogLine: LogLineFormat {
    func append(
        _ event: LogEvent,
        _ metadata: Logger.Metadata,
        label: String,
        time: LogTime,
        to bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: "{\"time\":\"".utf8)
        time.append(to: &bytes)
        bytes.append(contentsOf: "\",\"level\":\"\(event.level.rawValue)\",\"message\":".utf8)
        JSONString.append(event.message.description, to: &bytes, escaping: EscapedText.isActive)
        bytes.append(contentsOf: ",\"logger\":".utf8)
        JSONString.append(label, to: &bytes, escaping: EscapedText.isActive)
        var taken: Set<String> = ["time", "level", "message", "logger"]
        for (key, value) in FlatMetadata(metadata).pairs {
            var name = key
            while !taken.insert(name).inserted {
                name = "metadata." + name
            }
            bytes.append(UInt8(ascii: ","))
            JSONString.append(name, to: &bytes, escaping: EscapedText.isActive)
            bytes.append(UInt8(ascii: ":"))
            switch value {
            case .text(let text): JSONString.append(text, to: &bytes, escaping: EscapedText.isActive)
            case .list(let texts): bytes.append(contentsOf: JSONTree.array(texts.map { .string($0) }).line)
            }
        }
        bytes.append(contentsOf: "}\n".utf8)
    }
}

/// Metadata without nesting: `["request": ["id": "7"]]` becomes `request.id = 7`.
struct FlatMetadata: Sendable {
    /// The value beside a key.
    enum Value: Hashable, Sendable {
        case text(String)
        case list([String])
    }

    private static let deepest = 8
    private static let longest = 4096

    /// The pairs, ordered by their keys; a key may come twice.
    let pairs: [(key: String, value: Value)]

    /// Flattens metadata; what is nested too deeply or too long is cut.
    init(_ metadata: Logger.Metadata) {
        var pairs: [(key: String, value: Value)] = []
        for (key, value) in metadata {
            Self.flatten(key, value, depth: 1, into: &pairs)
        }
        self.pairs = pairs.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ key: String,
        _ value: Logger.MetadataValue,
        depth: Int,
        into pairs: inout [(key: String, value: Value)]
    ) {
        switch value {
        case .dictionary(let members) where depth < deepest && !members.isEmpty:
            for (name, member) in members {
                flatten("\(key).\(name)", member, depth: depth + 1, into: &pairs)
            }
        case .array(let elements):
            pairs.append((key, .list(elements.map { cut(text($0, depth: depth + 1)) })))
        default:
            pairs.append((key, .text(cut(text(value, depth: depth)))))
        }
    }

    private static func text(_ value: Logger.MetadataValue, depth: Int) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .dictionary where depth >= deepest, .array where depth >= deepest: "…"
        case .dictionary(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value, depth: depth + 1))" }
                .joined(separator: ", ") + "}"
        case .array(let elements): "[" + elements.map { text($0, depth: depth + 1) }.joined(separator: ", ") + "]"
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count > longest ? String(decoding: text.utf8.prefix(longest), as: UTF8.self) + "…" : text
    }
}

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
