import CoreMetrics
import Logging
import PostroomCore

/// Settles what ended and claims what is next, turn by turn.
///
/// Whatever ends while a turn is under way goes with the next one: the busier the worker, the more each commit holds. One
/// turn is under way at a time, and its claim rides in the commit of its settlement: a loaded worker makes one round trip
/// for a thousand deliveries (0.0009 commits an event in `postroom bench drain`).
struct TurnLoop {
    private let parts: WorkerParts
    private let session: Session
    private var troubles: Troubles
    private var backoff: Backoff
    private var directoryIsStale = false

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.troubles = Troubles("settle", parts.log)
        self.backoff = Backoff(parts.configuration, parts.random)
    }

    mutating func run() async {
        while !Task.isCancelled && !session.isDropped {
            await UnknownClaims(parts, session).releaseIfDue()
            if directoryIsStale {
                await readDirectory()
                continue
            }
            guard let (parcel, request) = next() else {
                await session.turnSignal.wait()
                continue
            }
            await turn(parcel, request)
        }
    }

    /// What the next turn settles and asks for, or `nil` where there is nothing to do.
    private func next() -> (Outbox.Parcel, ClaimRequest)? {
        let reserved = parts.desk.reserved
        let now = parts.clock.now()
        return session.with { state in
            var parcel = state.outbox.take(at: now)
            state.dropSettled(&parcel)
            var request = ClaimRequest.nothing
            if state.mayClaim && !state.isStopping && !state.outbox.isSearching {
                request = state.ledger.ask(reserved: reserved)
                state.mayClaim = request.deliveries == 0
            }
            return parcel.isEmpty && request.deliveries == 0 ? nil : (parcel, request)
        }
    }

    private mutating func turn(_ parcel: Outbox.Parcel, _ request: ClaimRequest) async {
        let directory = session.router
        let settlement = Settlement(
            batches: parcel.batches.map { $0.settlement(by: directory) },
            retries: parcel.retries,
            directoryVersion: directory.version
        )
        let startedAt = parts.clock.now()
        let result: SettlementResult
        let claimed: [ClaimedBatch]
        do {
            (result, claimed) = try await parts.queue.settle(settlement, thenClaim: request, for: session.worker)
        } catch {
            await failed(error, parcel, request)
            return
        }
        let now = parts.clock.now()
        parts.metrics.settleSeconds.recordNanoseconds((now - startedAt).wholeNanoseconds)
        session.with { state in
            state.ledger.answered(request.size)
            state.mayClaim = state.mayClaim || !claimed.isEmpty
        }
        parts.start(claimed, in: session)
        directoryIsStale = result.directoryIsStale
        SettlementReply(parts, session).read(result, to: parcel, settlement, at: now)
        troubles.succeeded()
        backoff.succeeded()
    }

    private mutating func readDirectory() async {
        do {
            let router = parts.router(try await parts.queue.directory())
            let isNewer = session.learn(router)
            directoryIsStale = false
            if isNewer {
                parts.retrySignal.raise()
            } else {
                await parts.pause(backoff.failed())
            }
        } catch {
            troubles.failed(error)
            await parts.pause(backoff.failed())
        }
    }

    private mutating func failed(
        _ error: QueueError,
        _ parcel: Outbox.Parcel,
        _ request: ClaimRequest
    ) async {
        let now = parts.clock.now()
        troubles.failed(error)
        session.with { state in
            state.ledger.answered(request.size)
            state.mayClaim = true
        }
        if error.kind == .rejected {
            await refused(parcel, error, besideClaim: request.deliveries > 0, at: now)
            return
        }
        session.with { $0.failed(parcel) }
        if request.deliveries > 0 {
            session.mayHaveUnknownClaims(at: now)
        }
        if !parcel.retries.isEmpty {
            await session.holdRetryClaims()
        }
        await parts.pause(backoff.failed())
    }

    /// Divides what the inbox refused for good, so that what it refuses stops nothing else; there is a pause where that
    /// makes no difference to the next call.
    private mutating func refused(
        _ parcel: Outbox.Parcel,
        _ error: QueueError,
        besideClaim: Bool,
        at now: Duration
    ) async {
        let until = now + parts.configuration.refusalDelay
        let step = session.with { state in
            state.outbox.refuse(parcel, besideClaim: besideClaim, isAboutValues: error.isAboutValues, until: until)
        }
        switch step {
        case .divided:
            return
        case .silenced(let key):
            parts.log.error(
                "the inbox refuses what an attempt said; the attempt is settled without that",
                metadata: [
                    "handler": .string(key.handler.rawValue), "delivery": .stringConvertible(key.delivery),
                    "error": .string(error.description),
                ]
            )
        case .setAside:
            await parts.pause(backoff.failed())
        }
    }
}
