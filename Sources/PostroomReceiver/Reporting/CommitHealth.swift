import Logging
import PostroomCore
import Synchronization

/// Logs the begin and the end of a time in which commits fail, and not every failure in between.
final class CommitHealth: Sendable {
    private struct State {
        var failures = 0
        var isReported = false
        var lastReport: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let logger: Logger

    /// The least time between two reports of a store that fails now and then.
    private static let silence = Duration.seconds(10)

    init(logger: Logger) {
        self.logger = logger
    }

    func failed(_ error: QueueError, deliveries: [IncomingDelivery], at now: ContinuousClock.Instant = .now) {
        let isWorthALine = state.withLock { state in
            state.failures += 1
            guard !state.isReported, state.lastReport.map({ now - $0 >= Self.silence }) ?? true else { return false }
            state.isReported = true
            state.lastReport = now
            return true
        }
        guard isWorthALine else { return }
        var metadata: Logger.Metadata = ["error": "\(error.description)", "kind": "\(error.kind)"]
        if deliveries.count == 1, let endpoint = deliveries.first?.endpoint {
            metadata["endpoint"] = "\(endpoint)"
        }
        logger.error("Deliveries can't be stored; their senders are answered 503", metadata: metadata)
    }

    func succeeded() {
        let failures = state.withLock { state in
            defer {
                state.failures = 0
                state.isReported = false
            }
            return state.isReported ? state.failures : 0
        }
        guard failures > 0 else { return }
        logger.notice("Deliveries are stored again", metadata: ["failed-commits": "\(failures)"])
    }
}
