/// Sets out rows for people.
struct TextTable: Sendable {
    private static let gap = "  "

    /// How headings and cells are set off.
    let paint: Paint

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
                let title = paint(column.title, .bold) + Self.blanks(width - DisplayWidth.of(column.title))
                let text = column.cell(row, widest: nil)
                return text.isEmpty
                    ? paint(column.title, .bold) + "\n" : "\(title)\(Self.gap)\(paint(text, column.style(row)))\n"
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
                line += pending + (isRight ? padding : "") + paint(text, style(index))
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
