import CLibrary
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import Synchronization

/// The output of a verb: data on standard output, everything else on standard error.
package struct CommandOutput: Sendable {
    private let data: any OutputSink
    private let notes: any OutputSink
    /// The style of data.
    package let style: Style
    /// The style of notes.
    package let noteStyle: Style

    /// Puts an output together.
    ///
    /// - Parameters:
    ///   - data: The destination of data.
    ///   - notes: The destination of everything else.
    ///   - style: The style of data.
    ///   - noteStyle: The style of notes.
    package init(data: any OutputSink, notes: any OutputSink, style: Style, noteStyle: Style) {
        self.data = data
        self.notes = notes
        self.style = style
        self.noteStyle = noteStyle
    }

    /// The process's own output, coloured where it is a terminal.
    package static func standard(environment: [String: String]) -> CommandOutput {
        CommandOutput(
            data: DescriptorSink(descriptor: STDOUT_FILENO),
            notes: DescriptorSink(descriptor: STDERR_FILENO),
            style: .wanted(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment),
            noteStyle: .wanted(isTerminal: isatty(STDERR_FILENO) == 1, environment: environment)
        )
    }

    /// The reason why data could not be written, if any.
    ///
    /// A verb that ends with one has failed, unless the reader has gone.
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
        notes.write(Array((noteStyle(text, style) + "\n").utf8))
    }

    /// Tells a person what is wrong.
    package func error(_ text: String) {
        notes.write(Array("\(noteStyle("error:", .boldRed)) \(text)\n".utf8))
    }

    /// Writes a value for machines.
    package func json(_ value: JSONTree) {
        data.write(value.lines)
    }

    /// Writes rows: a table for people, or an array of objects for machines.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - columns: The columns of each row.
    ///   - asJSON: True for machines.
    ///   - nothing: The note to a person where there are no rows.
    package func list<Row>(_ rows: [Row], _ columns: [Column<Row>], asJSON: Bool, ifEmpty nothing: String) {
        if asJSON {
            json(.array(rows.map { columns.object($0) }))
        } else if rows.isEmpty {
            note(nothing)
        } else {
            data.write(Array(TextTable(style: style).table(rows, columns).utf8))
        }
    }

    /// Writes one item: a line for each column for people, or one object for machines.
    package func show<Row>(_ row: Row, _ columns: [Column<Row>], asJSON: Bool) {
        if asJSON {
            json(columns.object(row))
        } else {
            data.write(Array(TextTable(style: style).lines(row, columns).utf8))
        }
    }
}

extension Array {
    /// The object that machines read of a row.
    package func object<Row>(_ row: Row) -> JSONTree where Element == Column<Row> {
        .object(compactMap { column in column.value.map { JSONTree.Member(column.key, $0(row)) } })
    }
}

extension CommandOutput {
    /// Lets a verb write to the process's own output, and fails where that is not possible.
    ///
    /// A reader that has gone, as `head` does, is no failure.
    ///
    /// - Throws: ``CommandFailure``, or what the body throws.
    package static func write(_ body: (CommandOutput) throws -> Void) throws {
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        try body(output)
        if let problem = output.problem, problem != .closed {
            throw CommandFailure(.failed, problem.description)
        }
    }
}

extension Timestamp {
    /// This moment, by this machine's clock.
    static var now: Timestamp {
        Timestamp(Date())
    }
}

/// A destination of a command's bytes.
package protocol OutputSink: Sendable {
    /// Writes bytes, all of them or with what is wrong remembered in ``problem``.
    func write(_ bytes: [UInt8])

    /// The reason why something could not be written, if any.
    var problem: OutputProblem? { get }
}

/// The reason why output got lost.
package enum OutputProblem: Error, Hashable, CustomStringConvertible {
    /// The reader has gone, as `head` does: no fault of anybody.
    case closed
    /// The system refused, for example because a disk is full.
    case refused(code: Int32)

    /// The reason, in words.
    package var description: String {
        switch self {
        case .closed: "the reader of the output has gone"
        case .refused(let code): "the output can't be written: \(FileProblem(code: code).reason)"
        }
    }
}

/// Standard output or standard error.
package final class DescriptorSink: OutputSink {
    private let descriptor: Int32
    private let state = Mutex<OutputProblem?>(nil)

    /// Writes to an open file.
    ///
    /// - Parameter descriptor: Its descriptor, which stays the caller's.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var problem: OutputProblem? {
        state.withLock(\.self)
    }

    package func write(_ bytes: [UInt8]) {
        state.withLock { problem in
            var rest = bytes[...]
            while problem == nil, !rest.isEmpty {
                let count = rest.withUnsafeBytes { writeOnce(descriptor, $0.baseAddress, $0.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    problem = errno == EPIPE ? .closed : .refused(code: errno)
                }
            }
        }
    }
}

/// The exit status of the program.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// It did what was asked.
    case done = 0
    /// It could not, and trying again will not help by itself.
    case failed = 1
    /// The command line or the configuration is wrong.
    case usage = 64
    /// It could not now: the database can't be reached, for example.
    case tryAgain = 75
}

/// The system's `write`, under a name that no method of a sink has.
func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
