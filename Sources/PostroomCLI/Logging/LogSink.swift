import CLibrary
import Synchronization

/// A destination of log lines.
protocol LogSink: Sendable {
    /// Takes a line with its end. It never waits long: a line may be dropped.
    func write(_ line: [UInt8])
}

/// Writes lines to an open file, each whole, from any thread.
///
/// A reader that does not read must not stop the program. So nothing is written before `poll(2)` says that it can be,
/// and in pieces that then don't block; a line that can't be written within a moment is dropped and counted, and the
/// next one that can be is preceded by the count.
final class DescriptorLogSink: LogSink {
    /// The bytes that a pipe takes without blocking when it is writable.
    private static let piece = 4096

    private struct State {
        var dropped = 0
        var isMidLine = false
    }

    private let descriptor: Int32
    private let patience: Int32
    private let droppedLine: @Sendable (_ count: Int) -> [UInt8]
    private let state = Mutex(State())

    /// Writes to an open file.
    ///
    /// - Parameters:
    ///   - descriptor: Its descriptor, which stays the caller's.
    ///   - patience: The longest wait of a line for a reader; the lines after a dropped one wait for nobody.
    ///   - droppedLine: The line that tells of dropped ones.
    init(
        descriptor: Int32,
        patience: Duration = .milliseconds(100),
        droppedLine: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.descriptor = descriptor
        self.patience = Int32(
            clamping: patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000
        )
        self.droppedLine = droppedLine
    }

    func write(_ line: [UInt8]) {
        state.withLock { state in
            if state.dropped > 0 {
                let lineEnd = state.isMidLine ? [UInt8(ascii: "\n")] : []
                put(lineEnd + droppedLine(state.dropped), patience: 0, &state)
            }
            if state.dropped == 0 {
                put(line, patience: patience, &state)
            } else {
                state.dropped += 1
            }
        }
    }

    private func put(_ text: [UInt8], patience: Int32, _ state: inout State) {
        let written = put(text, patience: patience)
        if written == text.count {
            state = State()
        } else {
            state.isMidLine = written > 0 || state.isMidLine
            state.dropped = max(1, state.dropped)
        }
    }

    /// Writes what can be written.
    ///
    /// - Returns: The number of bytes that were.
    private func put(_ text: [UInt8], patience: Int32) -> Int {
        var rest = text[...]
        while !rest.isEmpty {
            var target = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&target, 1, patience)
            if ready < 0, errno == EINTR { continue }
            guard ready == 1, target.revents & Int16(POLLERR | POLLHUP | POLLNVAL) == 0 else { break }
            let count = rest.prefix(Self.piece).withUnsafeBytes { writeOnce(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        return text.count - rest.count
    }
}

/// Collects log lines in memory.
final class LogLines: LogSink {
    private let collected = Mutex<[UInt8]>([])

    /// Everything that was logged.
    var bytes: [UInt8] {
        collected.withLock(\.self)
    }

    /// Everything that was logged, by line.
    var lines: [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func write(_ line: [UInt8]) {
        collected.withLock { $0 += line }
    }
}
