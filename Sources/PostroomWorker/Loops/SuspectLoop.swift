import PostroomCore
import PostroomQueue

/// Runs crash suspects, one at a time.
///
/// The inbox marks a suspect in the claim's own commit, and the settlement takes the mark away; only then is the next one
/// claimed. If the process dies, the one that was marked is the one that ran. Ordinary work goes on beside.
struct SuspectLoop {
    private let parts: WorkerParts
    private let session: Session
    private var troubles: Troubles
    private var backoff: Backoff

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.troubles = Troubles("claim suspects", parts.log)
        self.backoff = Backoff(parts.configuration, parts.random)
    }

    mutating func run() async {
        while !Task.isCancelled && !session.isDropped {
            guard let suspect = await claim() else {
                await parts.suspectSignal.wait()
                continue
            }
            parts.start(suspect: suspect, in: session)
            session.claimedRetries(.zero)
            while !Task.isCancelled && session.with({ $0.suspect != nil }) {
                await session.suspectEnded.wait()
            }
        }
    }

    /// Claims one; the claim counts as under way until the session has taken it over.
    private mutating func claim() async -> ClaimedRetry? {
        let handlers = idleHandlers
        let isAllowed = session.with { state in
            guard !handlers.isEmpty, !state.isStopping, !state.holdsRetryClaims else { return false }
            state.retryClaims += 1
            return true
        }
        guard isAllowed else { return nil }
        do {
            let suspect = try await parts.queue.claimSuspect(of: handlers, for: session.worker)
            troubles.succeeded()
            backoff.succeeded()
            if suspect == nil {
                session.claimedRetries(.zero)
            }
            return suspect
        } catch {
            troubles.failed(error)
            session.claimedRetries(.zero)
            if error.kind == .unavailable {
                session.mayHaveUnknownClaims(at: parts.clock.now())
            }
            await parts.pause(backoff.failed())
            parts.suspectSignal.raise()
            return nil
        }
    }

    /// The handlers that would run a suspect at once.
    private var idleHandlers: [HandlerName] {
        session.router.claimableLanes.filter { parts.lanes[$0].free > 0 }.map { parts.handlers[$0].name }
    }
}
