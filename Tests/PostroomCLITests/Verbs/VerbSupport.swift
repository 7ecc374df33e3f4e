import ArgumentParser
import PostroomCore
import Synchronization

@testable import PostroomCLI

/// The outcome of reading a command line.
enum Outcome: Equatable {
    case parsed(String)
    case refused(status: Int32, message: String)

    /// Reads a command line, words with blanks between them, as the program does.
    init(_ line: String) {
        self.init(line.split(separator: " ").map(String.init))
    }

    init(_ arguments: [String]) {
        do {
            self = .parsed(String(describing: type(of: try RootCommand.parseAsRoot(arguments))))
        } catch let failure as CommandFailure {
            self = .refused(status: failure.status.rawValue, message: failure.message)
        } catch {
            self = .refused(
                status: RootCommand.exitCode(for: error).rawValue,
                message: RootCommand.message(for: error)
            )
        }
    }

    /// The reason of a refusal.
    var message: String {
        if case .refused(_, let message) = self { message } else { "" }
    }

    var status: Int32 {
        if case .refused(let status, _) = self { status } else { 0 }
    }
}

/// A moment for tests, written as a date and time.
func moment(_ text: String) -> Timestamp {
    CalendarText.parse(text) ?? Timestamp(rawValue: .min)
}

/// Collects the text that a body writes to standard output and standard error.
func written(_ body: (CommandOutput) throws -> Void) rethrows -> (data: String, notes: String) {
    let data = MemorySink()
    let notes = MemorySink()
    let plain = Style(isOn: false)
    try body(CommandOutput(data: data, notes: notes, style: plain, noteStyle: plain))
    return (data.text, notes.text)
}

/// The bytes that a body writes to standard output.
func writtenBytes(_ body: (CommandOutput) -> Void) -> [UInt8] {
    let data = ByteSink()
    let plain = Style(isOn: false)
    body(CommandOutput(data: data, notes: MemorySink(), style: plain, noteStyle: plain))
    return data.bytes.withLock(\.self)
}

/// Collects bytes that need not be text.
private final class ByteSink: OutputSink {
    let bytes = Mutex<[UInt8]>([])

    var problem: OutputProblem? {
        nil
    }

    func write(_ more: [UInt8]) {
        bytes.withLock { $0 += more }
    }
}

extension JSONTree {
    /// The names of an object's members, in their order.
    var keys: [String] {
        if case .object(let members) = self { members.map(\.name) } else { [] }
    }

    /// The member of that name.
    subscript(_ name: String) -> JSONTree? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }
}
