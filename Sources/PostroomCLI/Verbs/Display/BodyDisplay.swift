import PostroomCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes bodies, which strangers wrote.
enum BodyDisplay {
    /// Writes a body: byte for byte where a program or a file takes it, with control characters escaped on a terminal.
    static func write(_ body: [UInt8], to output: CommandOutput, isTerminal: Bool = Terminal.isOutput) {
        guard isTerminal else { return output.raw(body) }
        let lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where index < lines.count - 1 || !line.isEmpty {
            output.line(EscapedText.of(bytes: line))
        }
    }
}

/// Who reads what this process writes.
enum Terminal {
    /// Whether a person reads standard output.
    static var isOutput: Bool {
        isatty(STDOUT_FILENO) == 1
    }

    /// Whether a person reads standard error.
    static var isError: Bool {
        isatty(STDERR_FILENO) == 1
    }
}
