import Synchronization

@testable import PostroomCLI

/// Collects output in memory.
final class MemorySink: OutputSink {
    private let bytes = Mutex<[UInt8]>([])

    var text: String {
        String(decoding: bytes.withLock(\.self), as: UTF8.self)
    }

    var problem: OutputProblem? {
        nil
    }

    func write(_ more: [UInt8]) {
        bytes.withLock { $0 += more }
    }
}
