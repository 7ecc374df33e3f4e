import PostroomCore

/// Runs crash suspects, one at a time.
///
/// The inbox marks a suspect in the claim's own commit, and the settlement takes the mark away; only then is the next one
/// claimed. If the process dies, the one that was marked is the one that ran. Ordinary work goes on beside.
///
/// A suspect must begin as soon as it is claimed, and a backlog fills every slot: before the claim, each handler keeps the
/// next slot that one of its attempts leaves, and frees it where there is no suspect.
struct SuspectLoop {
    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog
    private var backoff: Backoff

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("claim suspects", parts.log)
        self.backoff = Backoff()
    }

    mutating func run() async {
        defer { releaseSlots() }
        while !Task.isCancelled && !session.isDropped {
            guard let suspect = await claim() else {
                await parts.suspectSignal.wait()
                continue
            }
            parts.start(suspect: suspect, in: session)
            parts.gates[suspect.key.handler]?.usedForSuspect()
            session.claimedRetries(.zero)
            while !Task.isCancelled && session.with({ $0.suspect != nil }) {
                await session.suspectEnded.wait()
            }
            releaseSlots()
        }
    }

    private func releaseSlots() {
        for queue in parts.handlerQueues {
            queue.releaseSlot()
        }
    }

    /// Claims a suspect; the claim counts as under way until the session has taken it over.
    private mutating func claim() async -> ClaimedRetry? {
        guard session.with({ !$0.isStopping && !$0.holdsRetryClaims }) else {
            releaseSlots()
            return nil
        }
        // A handler without a free slot raises the suspect signal when it has one.
        let router = session.router
        let ready = router.claimableHandlers.filter { parts.handlerQueues[$0].keepSlot() }
        let isAllowed = session.with { state in
            guard !ready.isEmpty, !state.isStopping, !state.holdsRetryClaims else { return false }
            state.retryClaims += 1
            return true
        }
        guard isAllowed else { return nil }
        let handlers = ready.map { router.name(at: $0) }
        do {
            let suspect = try await parts.inbox.claimSuspect(of: handlers, for: session.worker)
            failures.succeeded()
            backoff.reset()
            if suspect == nil {
                session.claimedRetries(.zero)
            }
            let chosen = suspect.flatMap { session.router.index(of: $0.key.handler) }
            for index in suspect == nil ? ready : Array(parts.handlerQueues.indices) where index != chosen {
                parts.handlerQueues[index].releaseSlot()
            }
            return suspect
        } catch {
            releaseSlots()
            failures.failed(error)
            session.claimedRetries(.zero)
            if error.kind == .unavailable {
                session.mayHaveUnknownClaims(at: parts.clock.now())
            }
            await parts.pause(backoff.next(parts.random))
            parts.suspectSignal.raise()
            return nil
        }
    }
}
