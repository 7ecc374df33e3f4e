import Glibc

/// What a verb says: data on standard output, everything else on standard error.
package struct CommandOutput: Sendable {
    private let data: any OutputSink
    private let notes: any OutputSink
    /// How data is set off.
    package let paint: Paint
    /// How notes are set off.
    package let notePaint: Paint

    /// Puts an output together.
    ///
    /// - Parameters:
    ///   - data: Where data goes.
    ///   - notes: Where everything else goes.
    ///   - paint: How data is set off.
    ///   - notePaint: How notes are set off.
    package init(data: any OutputSink, notes: any OutputSink, paint: Paint, notePaint: Paint) {
        self.data = data
        self.notes = notes
        self.paint = paint
        self.notePaint = notePaint
    }

    /// The process's own output, coloured where it is a terminal.
    package static func standard(environment: [String: String]) -> CommandOutput {
        CommandOutput(
            data: DescriptorSink(descriptor: STDOUT_FILENO),
            notes: DescriptorSink(descriptor: STDERR_FILENO),
            paint: .wanted(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment),
            notePaint: .wanted(isTerminal: isatty(STDERR_FILENO) == 1, environment: environment)
        )
    }

    /// Why data could not be written, if it could not; a verb that ends with one has failed, unless the reader has gone.
    package var problem: OutputProblem? {
        data.problem
    }

    /// Writes a line of data.
    ///
    /// The text must be escaped where strangers wrote it; see ``EscapedText``.
    package func line(_ text: String) {
        data.write(Array((text + "\n").utf8))
    }

    /// Writes data as it is.
    package func raw(_ bytes: [UInt8]) {
        data.write(bytes)
    }

    /// Tells a person something that is no data.
    package func note(_ text: String, _ style: TextStyle? = nil) {
        notes.write(Array((notePaint(text, style) + "\n").utf8))
    }

    /// Tells a person what is wrong.
    package func error(_ text: String) {
        notes.write(Array("\(notePaint("error:", .boldRed)) \(text)\n".utf8))
    }

    /// Writes a value for machines.
    package func json(_ value: JSONTree) {
        data.write(value.lines)
    }

    /// Writes rows: a table for people, or an array of objects for machines.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - columns: What is shown of each.
    ///   - asJSON: Whether machines read it.
    ///   - nothing: What a person is told where there are no rows.
    package func list<Row>(_ rows: [Row], _ columns: [Column<Row>], asJSON: Bool, ifEmpty nothing: String) {
        if asJSON {
            json(.array(rows.map { columns.object($0) }))
        } else if rows.isEmpty {
            note(nothing)
        } else {
            data.write(Array(TextTable(paint: paint).table(rows, columns).utf8))
        }
    }

    /// Writes one item: a line for each column for people, or one object for machines.
    package func show<Row>(_ row: Row, _ columns: [Column<Row>], asJSON: Bool) {
        if asJSON {
            json(columns.object(row))
        } else {
            data.write(Array(TextTable(paint: paint).lines(row, columns).utf8))
        }
    }
}

extension Array {
    /// The object that machines read of a row.
    package func object<Row>(_ row: Row) -> JSONTree where Element == Column<Row> {
        .object(compactMap { column in column.value.map { JSONTree.Member(column.key, $0(row)) } })
    }
}
