import CoreMetrics
import Logging
import PostroomCore

/// Keeps the worker's shares of the limits over all processes, and passes on that handlers are busy.
struct LimitLoop {
    private let parts: WorkerParts
    private let session: Session
    private let gates: [LimitGate]
    private var failures: InboxFailureLog
    private var backoff: Backoff
    /// The time before the last call that the inbox answered.
    private var lastAnswered: Duration

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.gates = parts.handlerQueues.compactMap(\.gate)
        self.failures = InboxFailureLog("limits", parts.log)
        self.backoff = Backoff(atMost: .seconds(1))
        self.lastAnswered = parts.clock.now()
    }

    mutating func run() async {
        while !Task.isCancelled && !session.isDropped {
            var pause = Duration.zero
            do {
                let now = parts.clock.now()
                try await passOnHolds()
                pause = try await adjust()
                lastAnswered = now
                failures.succeeded()
                backoff.reset()
            } catch {
                failures.failed(error)
                letGo(at: parts.clock.now())
                pause = backoff.next(parts.random)
            }
            await parts.wait(for: parts.limitSignal, atMost: pause)
        }
        letGo()
    }

    /// Begins no more attempts by shares that may belong to others soon: a worker that can't reach the inbox is taken for
    /// dead when its lease ends, which began with a heartbeat before the last answer.
    private func letGo(at now: Duration) {
        if now - lastAnswered > parts.configuration.lease - parts.configuration.heartbeat * 2 {
            letGo()
        }
    }

    private func letGo() {
        for gate in gates {
            gate.adjusted(nil)
        }
    }

    private func passOnHolds() async throws(QueueError) {
        for (handler, end) in parts.holds.pending(at: parts.clock.now()) {
            let duration = end - parts.clock.now()
            try await parts.inbox.holdBack(handler, for: duration)
            parts.holds.sent(handler, until: end)
            parts.log.notice(
                "a handler said that it is busy; no process calls it for a while",
                metadata: ["handler": .string(handler.rawValue), "for": .string("\(duration)")]
            )
        }
    }

    /// Adjusts the shares.
    ///
    /// - Returns: The time until the next look.
    private func adjust() async throws(QueueError) -> Duration {
        let needs = gates.compactMap { $0.need() }
        let state = try await parts.inbox.adjustShares(needs.map(\.need), of: session.worker)
        let shares = Dictionary(state.shares.map { ($0.handler, $0) }) { first, _ in first }
        for gate in gates {
            gate.adjusted(shares[gate.handler])
        }
        parts.holdBack(state.heldBack)
        let hasKeys = gates.contains { $0.limits.perKey != nil }
        if hasKeys, try await parts.inbox.sweepKeys(of: session.worker, known: parts.keys.known) > 0 {
            parts.retrySignal.raise()
        }
        guard !needs.isEmpty || hasKeys else { return parts.random.jittered(parts.configuration.heartbeat) }
        let isUrgent = gates.contains { $0.need()?.isUrgent ?? false }
        return parts.random.jittered(isUrgent ? .milliseconds(200) : .seconds(1))
    }
}
