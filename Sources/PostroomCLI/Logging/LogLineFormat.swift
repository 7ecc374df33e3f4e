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
    ///   - bytes: Where the line goes.
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
    /// How the level is set off.
    let paint: Paint

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
        bytes.append(contentsOf: paint(level, Self.style(event.level)).utf8)
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
