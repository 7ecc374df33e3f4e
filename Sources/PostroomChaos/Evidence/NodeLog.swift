import FoundationEssentials
import PostroomCore

/// The entries of a node's log about its worker.
struct NodeLog: Sendable {
    /// The identities that it had.
    var workers: [WorkerID] = []
    /// The workers that it rescued, and when that was logged.
    var rescued: [WorkerID: Timestamp] = [:]
    /// The times at which it learned of its own rescue, with the worker that it had been.
    var drops: [(worker: WorkerID?, at: Timestamp)] = []
    /// The number of its settlements that were refused as too late.
    var lateSettlements = 0

    /// Reads a log of JSON lines; others are left out, as the last one of a killed process may be cut.
    init(text: String) {
        let decoder = JSONDecoder()
        for line in text.split(separator: "\n") where Self.messages.contains(where: line.contains) {
            guard let entry = try? decoder.decode(Entry.self, from: Data(line.utf8)) else { continue }
            switch entry.message {
            case "registered":
                if let worker = entry.worker.flatMap(Self.worker) {
                    workers.append(worker)
                }
            case "a settlement came too late":
                lateSettlements += entry.claims.flatMap { Int($0) } ?? 0
            case Self.dropped:
                if let date = try? Date(entry.time, strategy: Self.timeStyle) {
                    drops.append((workers.last, Timestamp(date)))
                }
            case "rescued the claims of silent workers":
                guard let date = try? Date(entry.time, strategy: Self.timeStyle) else { continue }
                for worker in (entry.workers ?? []).compactMap(Self.worker) {
                    rescued[worker] = Timestamp(date) + .milliseconds(1)
                }
            default: break
            }
        }
    }

    private static let dropped = "this worker was taken for dead; it drops its claims and registers anew"
    private static let messages = [
        "\"registered\"", "\"a settlement came too late\"", "\"rescued the claims of silent workers\"", dropped,
    ]
    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func worker(_ text: String) -> WorkerID? {
        Int64(text).map(WorkerID.init(rawValue:))
    }

    private struct Entry: Decodable {
        let time: String
        let message: String
        let worker: String?
        let workers: [String]?
        let claims: String?
    }
}
