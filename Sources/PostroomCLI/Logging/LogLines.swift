import Synchronization

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
