/// A way to set text off on a terminal.
package enum TextStyle: String, Sendable, CaseIterable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case boldRed = "1;31"
}

/// Puts style on text where the reader is a terminal that shows it.
package struct Paint: Hashable, Sendable {
    /// Whether style is put on at all.
    package let isOn: Bool

    /// Decides for a stream: colour only on a terminal, and not where `NO_COLOR` is set or the terminal is dumb.
    package static func wanted(isTerminal: Bool, environment: [String: String]) -> Paint {
        let isRefused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        return Paint(isOn: isTerminal && !isRefused)
    }

    /// The text in a style, or as it is.
    package func callAsFunction(_ text: String, _ style: TextStyle?) -> String {
        guard isOn, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}
