#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells a person at a terminal how far a run is, in one line that is written over again and again.
struct SendProgress: Sendable {
    private let count: Int
    private let sink: any OutputSink

    /// Shows progress in a sink.
    init(count: Int, sink: any OutputSink) {
        self.count = count
        self.sink = sink
    }

    /// Shows progress on standard error; `nil` where nobody looks, or it would be over at once.
    static func ofTerminal(count: Int) -> SendProgress? {
        guard count > 1, Terminal.isError else { return nil }
        return SendProgress(count: count, sink: DescriptorSink(descriptor: STDERR_FILENO))
    }

    /// Shows how many are done, until it is cancelled.
    func show(_ done: @Sendable () -> Int) async throws {
        while true {
            try await Task.sleep(for: .milliseconds(250))
            write(done())
        }
    }

    /// Writes the line.
    func write(_ done: Int) {
        sink.write(Array("\r\(HumanText.count(done)) of \(HumanText.count(count)) sent ".utf8))
    }

    /// Removes the line.
    func clear() {
        sink.write(Array("\r\u{1B}[K".utf8))
    }
}
