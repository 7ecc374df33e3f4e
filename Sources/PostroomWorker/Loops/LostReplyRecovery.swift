import Logging
import PostroomCore

/// Releases the claims whose reply was lost, so that they do not stay with a worker that does not know them.
///
/// It runs between two turns, with no call under way that claims retries and, where possible, no hand-off: this worker
/// then knows all that it has claimed. Should it release what a late reply brings after all, the job runs twice and is
/// settled once: the claim has another owner by then, and a settlement by this worker changes nothing.
struct LostReplyRecovery {
    private let parts: WorkerParts
    private let session: Session

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
    }

    func releaseIfDue() async {
        let now = parts.clock.now()
        let delay = parts.configuration.unknownClaimsDelay
        guard let since = session.with({ $0.unknownSince }), now - since >= delay else { return }
        parts.reservations.hold()
        // A receiver that keeps its reservation for as long again is not waited for.
        guard parts.reservations.reserved == .zero || now - since >= delay * 2 else { return }
        await session.holdRetryClaims()
        await release()
        parts.reservations.release()
        parts.retrySignal.raise()
    }

    private func release() async {
        let known = session.with { $0.held }
        do {
            let count = try await parts.inbox.releaseUnknownClaims(of: session.worker, known: known)
            session.with { $0.unknownSince = nil }
            if count > 0 {
                parts.log.notice(
                    "gave back claims whose reply was lost",
                    metadata: ["claims": .stringConvertible(count)]
                )
                session.claimSoon()
            }
        } catch {
            parts.log.debug("claims whose reply was lost wait", metadata: ["error": .string(error.description)])
            let now = parts.clock.now()
            session.with { $0.unknownSince = now }
        }
        session.with { state in
            state.holdsRetryClaims = state.hasUncertainRetries
        }
    }
}
