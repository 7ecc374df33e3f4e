import Logging
import PostroomCore

/// Sends heartbeats, and learns by their replies of a new directory, or that the identity is gone.
struct HeartbeatLoop {
    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog
    private var backoff: Backoff

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("heartbeat", parts.log)
        // Silence is what it is there to prevent: a server that came back is told well before the next beat. While there is
        // no connection a try fails here, and costs the server nothing.
        self.backoff = Backoff(atMost: parts.configuration.heartbeat / 4)
    }

    mutating func run() async {
        while !Task.isCancelled {
            await parts.wait(for: session.heartbeatSignal, atMost: parts.configuration.heartbeat)
            parts.reports.forEach { $0.tellUntold() }
            guard !Task.isCancelled else { return }
            do {
                guard let version = try await parts.inbox.heartbeat(session.worker) else {
                    parts.log.warning("this worker was taken for dead; it drops its claims and registers anew")
                    session.drop()
                    return
                }
                if version > session.router.version {
                    _ = session.learn(parts.router(try await parts.inbox.directory()))
                    parts.retrySignal.raise()
                }
                failures.succeeded()
                backoff.reset()
            } catch {
                failures.failed(error)
                await parts.pause(backoff.next(parts.random))
                session.heartbeatSignal.raise()
            }
        }
    }
}
