import ProgramHarness
import Synchronization

extension Scene {
    /// Returns the times from commit to run at a handler, of the deliveries whose keys begin so, the shortest first.
    func latencies(of handler: String, keysLike pattern: String = "%") async throws -> [Duration] {
        let rows = try await database.query(
            """
            SELECT id, (extract(epoch FROM received_at) * 1000000)::bigint FROM postroom.delivery
            WHERE idempotency_key LIKE '\(pattern)'
            """
        )
        var received: [Int64: Int64] = [:]
        for row in rows {
            if let id = row[0].flatMap({ Int64($0) }) {
                received[id] = row[1].flatMap { Int64($0) }
            }
        }
        return journal.endings.filter { $0.pair.handler == handler }
            .compactMap { ending in received[ending.pair.delivery].map { .microseconds(ending.microseconds - $0) } }
            .sorted()
    }
}

extension RunningProgram {
    /// The most memory that the process has had at a time, in MiB.
    func peakMemory() async throws -> Int {
        let status = TestFolder.read("/proc/\(try await processID())/status")
        let words = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?
            .split(whereSeparator: \.isWhitespace)
        guard let words, words.count == 3, let kibibytes = Int(words[1]) else {
            throw Unexpected("the process does not say what memory it has")
        }
        return kibibytes >> 10
    }
}

/// Keeps the longest of the times that it is told.
final class Worst: Sendable {
    private let longest = Mutex(Duration.zero)

    var value: Duration { longest.withLock(\.self) }

    func note(_ time: Duration) {
        longest.withLock { $0 = max($0, time) }
    }
}
