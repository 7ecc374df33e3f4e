/// Sets out rows for people.
struct TextTable: Sendable {
    private static let gap = "  "

    /// The style of headings and cells.
    let style: Style

    /// A table with a heading, cells aligned, two blanks between columns and none at the ends of lines.
    func table<Row>(_ rows: [Row], _ columns: [Column<Row>]) -> String {
        let cells = rows.map { row in columns.map { $0.cell(row, widest: $0.widest) } }
        let widths = columns.indices.map { index in
            cells.reduce(DisplayWidth.of(columns[index].title)) { max($0, DisplayWidth.of($1[index])) }
        }
        var lines: [String] = []
        if !columns.isEmpty {
            lines.append(line(columns.map(\.title), columns, widths) { _ in .bold })
        }
        for (row, texts) in zip(rows, cells) {
            lines.append(line(texts, columns, widths) { columns[$0].style(row) })
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// One item, a line for each column.
    func lines<Row>(_ row: Row, _ columns: [Column<Row>]) -> String {
        let width = columns.reduce(0) { max($0, DisplayWidth.of($1.title)) }
        return
            columns.map { column in
                let title = style(column.title, .bold) + Self.blanks(width - DisplayWidth.of(column.title))
                let text = column.cell(row, widest: nil)
                return text.isEmpty
                    ? style(column.title, .bold) + "\n" : "\(title)\(Self.gap)\(style(text, column.style(row)))\n"
            }
            .joined()
    }

    private func line<Row>(
        _ texts: [String],
        _ columns: [Column<Row>],
        _ widths: [Int],
        style: (Int) -> TextStyle?
    ) -> String {
        var line = ""
        var pending = ""
        for (index, text) in texts.enumerated() {
            let padding = Self.blanks(widths[index] - DisplayWidth.of(text))
            let isRight = columns[index].alignment == .right
            if !text.isEmpty {
                line += pending + (isRight ? padding : "") + self.style(text, style(index))
                pending = ""
            }
            pending += (isRight && !text.isEmpty ? "" : padding) + Self.gap
        }
        return line
    }

    private static func blanks(_ count: Int) -> String {
        String(repeating: " ", count: max(0, count))
    }
}

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
package struct Style: Hashable, Sendable {
    /// A mark of a reader that sees style.
    package let isOn: Bool

    /// Decides for a stream: colour only on a terminal, and not where `NO_COLOR` is set or the terminal is dumb.
    package static func wanted(isTerminal: Bool, environment: [String: String]) -> Style {
        let isRefused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        return Style(isOn: isTerminal && !isRefused)
    }

    /// The text in a style, or as it is.
    package func callAsFunction(_ text: String, _ style: TextStyle?) -> String {
        guard isOn, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}

/// The width of text on a terminal, in columns.
enum DisplayWidth {
    /// The width of a text.
    static func of(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? text.utf8.count : text.reduce(0) { $0 + width($1) }
    }

    /// The text, cut to a width with `…` at the end where it is wider.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        var kept = ""
        var used = 1
        for character in text {
            used += self.width(character)
            if used > width { break }
            kept.append(character)
        }
        return kept + "…"
    }

    private static func width(_ character: Character) -> Int {
        var widest = 0
        for scalar in character.unicodeScalars {
            if scalar == "\u{FE0F}" {
                return 2
            }
            widest = max(widest, width(scalar))
        }
        return widest
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return scalar.properties.isEmojiPresentation ? 2 : 1
        }
    }
}
