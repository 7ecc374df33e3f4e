/// Which series it is: a metric's name and its labels, in Prometheus' spelling.
struct SeriesIdentity: Hashable, Sendable {
    let name: String
    /// The labels as they are written between braces, in the order of their names; empty where there are none.
    let labels: String

    /// Spells a name and labels so that Prometheus takes them.
    ///
    /// Of two labels with one name the first counts.
    init(name: String, labels: [(String, String)], reservedLabel: String? = nil) {
        self.name = Self.spelled(name, allowing: UInt8(ascii: ":"))
        guard !labels.isEmpty else {
            self.labels = ""
            return
        }
        var values: [String: String] = [:]
        for (label, value) in labels {
            let spelled = Self.spelled(label, allowing: UInt8(ascii: "_"))
            let name = spelled == reservedLabel ? "exported_" + spelled : spelled
            if values[name] == nil {
                values[name] = value
            }
        }
        self.labels = values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(Self.escaped($0.value, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// Text as Prometheus reads it behind `# HELP` or, with quotes escaped, in a label.
    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == slash || $0 == quote || $0 == lineFeed }) else {
            return text
        }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case slash: bytes += [slash, slash]
            case lineFeed: bytes += [slash, UInt8(ascii: "n")]
            case quote where quotes: bytes += [slash, quote]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let slash = UInt8(ascii: "\\")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")

    private static func spelled(_ name: String, allowing extra: UInt8) -> String {
        var bytes = name.utf8.map { isLetter($0) || isDigit($0) || $0 == extra ? $0 : UInt8(ascii: "_") }
        if bytes.first.map(isDigit) ?? true {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
