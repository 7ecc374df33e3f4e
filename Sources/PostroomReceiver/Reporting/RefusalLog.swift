import Logging
import NIOCore
import PostroomCore
import Synchronization

/// Tells operators of refused requests and connections, so seldom that nobody can flood the log by sending them.
final class RefusalLog: Sendable {
    /// The reasons why a connection is closed as soon as it is opened.
    enum TurnedAway: String, CaseIterable {
        /// There are too many.
        case full = "too-many"
        /// There are too many of its address.
        case addressShare = "address-share"
    }

    /// The refusals that are counted together.
    enum Subject: Hashable {
        /// Requests that are not authentic.
        case refused(endpoint: String, reason: String)
        /// Requests to no endpoint, by the endpoint that was probably meant.
        case unknownEndpoint(nearest: String?)
        /// Connections beyond the limits.
        case turnedAway(TurnedAway)
        /// Senders that had to make room.
        case evicted
    }

    private struct State {
        var tally = Tally<Subject>(window: .seconds(10))
        /// The names that may still be compared with those of the endpoints before the next report is due.
        var comparisons = RefusalLog.comparisonsPerReport
    }

    private let state = Mutex(State())
    private let endpoints: [String]
    private let logger: Logger

    /// Comparing costs up to a millisecond, and everybody can ask for it.
    private static let comparisonsPerReport = 16

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - endpoints: The names that a request to no endpoint may have meant.
    ///   - logger: The log.
    init(endpoints: [String] = [], logger: Logger) {
        self.endpoints = endpoints
        self.logger = logger
    }

    func refused(endpoint: String, _ refusal: Refusal, at now: NIODeadline) {
        var example: Logger.Metadata = [:]
        if !refusal.missingHeaders.isEmpty {
            example["missing-headers"] = "\(refusal.missingHeaders.joined(separator: ", "))"
            example["headers-instead"] = "\(refusal.headersInstead.joined(separator: ", "))"
        }
        record(.refused(endpoint: endpoint, reason: refusal.reason), example: example, at: now)
    }

    func turnedAway(_ reason: TurnedAway, at now: NIODeadline) {
        record(.turnedAway(reason), at: now)
    }

    func evicted(at now: NIODeadline) {
        record(.evicted, at: now)
    }

    /// Records a request whose target names no endpoint.
    func unknownEndpoint(_ target: String, at now: NIODeadline) {
        let isCompared = state.withLock { state in
            guard state.comparisons > 0 else { return false }
            state.comparisons -= 1
            return true
        }
        let name = RequestPath.lastSegment(of: target)
        let nearest = isCompared ? name.flatMap { NearestWord.find($0, in: endpoints) } : nil
        record(.unknownEndpoint(nearest: nearest), example: ["path": "\(RequestPath.shown(target))"], at: now)
    }

    /// Reports the refusals that have not been; called every second or so.
    func reportDue(at now: NIODeadline) {
        let reports = state.withLock { state in
            state.comparisons = Self.comparisonsPerReport
            return state.tally.due(at: now)
        }
        for due in reports {
            report(due.key, count: due.count, example: due.example)
        }
    }

    private func record(_ subject: Subject, example: Logger.Metadata = [:], at now: NIODeadline) {
        if state.withLock({ $0.tally.record(subject, example: example, at: now) }) {
            report(subject, count: 1, example: example)
        }
    }

    private func report(_ subject: Subject, count: Int, example: Logger.Metadata) {
        var metadata = example
        metadata["count"] = "\(count)"
        switch subject {
        case .refused(let endpoint, let reason):
            metadata["endpoint"] = "\(endpoint)"
            metadata["reason"] = "\(reason)"
            logger.info("Requests are refused", metadata: metadata)
        case .unknownEndpoint(let nearest):
            metadata["nearest-endpoint"] = nearest.map { "\($0)" }
            logger.warning("Requests name no endpoint and are answered 404", metadata: metadata)
        case .turnedAway(let reason):
            metadata["reason"] = "\(reason.rawValue)"
            logger.warning("Connections are turned away", metadata: metadata)
        case .evicted:
            logger.warning("Memory for requests is short; the slowest senders are answered 503", metadata: metadata)
        }
    }
}
