import CoreMetrics
import Logging
import PostroomCore

/// Settles what ended and claims what is next, turn by turn.
///
/// All that ends while a turn is under way goes with the next one: the busier the worker, the more each commit holds. One
/// turn is under way at a time, and its claim rides in the commit of its settlement: a loaded worker makes one round trip
/// for a thousand deliveries (0.0009 commits an event in `postroom bench drain`).
struct SettleAndClaimLoop {
    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog
    private var backoff: Backoff
    private var directoryIsStale = false

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("settle", parts.log)
        self.backoff = Backoff()
    }

    mutating func run() async {
        while !Task.isCancelled && !session.isDropped {
            await LostReplyRecovery(parts, session).releaseIfDue()
            if directoryIsStale {
                await readDirectory()
                continue
            }
            guard let (chunk, request) = next() else {
                await session.settlements.workSignal.wait()
                continue
            }
            await turn(chunk, request)
        }
    }

    /// Makes the next turn's settlement and claim, or returns `nil` where there is nothing to do.
    private func next() -> (SettlementChunk, ClaimRequest)? {
        let reserved = parts.reservations.reserved
        let now = parts.clock.now()
        return session.with { state in
            var chunk = session.settlements.take(at: now)
            state.dropSettled(&chunk)
            var request = ClaimRequest.nothing
            if state.mayClaim && !state.isStopping && !session.settlements.isSearching {
                request = state.budget.ask(reserved: reserved)
                state.mayClaim = request.deliveries == 0
            }
            return chunk.isEmpty && request.deliveries == 0 ? nil : (chunk, request)
        }
    }

    private mutating func turn(_ chunk: SettlementChunk, _ request: ClaimRequest) async {
        let directory = session.router
        let settlement = Settlement(
            batches: chunk.batches.map { $0.settlement(by: directory) },
            retries: chunk.retries,
            directoryVersion: directory.version
        )
        let startedAt = parts.clock.now()
        let result: SettlementResult
        let claimed: [ClaimedBatch]
        do {
            (result, claimed) = try await parts.inbox.settle(settlement, thenClaim: request, for: session.worker)
        } catch {
            await failed(error, chunk, request)
            return
        }
        let now = parts.clock.now()
        parts.metrics.settleSeconds.recordNanoseconds((now - startedAt).wholeNanoseconds)
        session.with { state in
            state.budget.answered(request.size)
            state.mayClaim = state.mayClaim || !claimed.isEmpty
        }
        parts.start(claimed, in: session)
        directoryIsStale = result.directoryIsStale
        SettlementReply(parts, session).read(result, to: chunk, settlement, at: now)
        failures.succeeded()
        backoff.reset()
    }

    private mutating func readDirectory() async {
        do {
            let router = parts.router(try await parts.inbox.directory())
            let isNewer = session.learn(router)
            directoryIsStale = false
            if isNewer {
                parts.retrySignal.raise()
            } else {
                await parts.pause(backoff.next(parts.random))
            }
        } catch {
            failures.failed(error)
            await parts.pause(backoff.next(parts.random))
        }
    }

    private mutating func failed(
        _ error: QueueError,
        _ chunk: SettlementChunk,
        _ request: ClaimRequest
    ) async {
        let now = parts.clock.now()
        failures.failed(error)
        session.with { state in
            state.budget.answered(request.size)
            state.mayClaim = true
        }
        if error.kind == .rejected {
            await refused(chunk, error, besideClaim: request.deliveries > 0, at: now)
            return
        }
        session.with { $0.failed(chunk) }
        if request.deliveries > 0 {
            session.mayHaveUnknownClaims(at: now)
        }
        if !chunk.retries.isEmpty {
            await session.holdRetryClaims()
        }
        await parts.pause(backoff.next(parts.random))
    }

    /// Divides what the inbox refused for good, so that what it refuses stops nothing else; there is a pause where that
    /// makes no difference to the next call.
    private mutating func refused(
        _ chunk: SettlementChunk,
        _ error: QueueError,
        besideClaim: Bool,
        at now: Duration
    ) async {
        let until = now + parts.configuration.refusalDelay
        let step = session.settlements
            .refuse(chunk, besideClaim: besideClaim, isAboutValues: error.isAboutValues, until: until)
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
            await parts.pause(backoff.next(parts.random))
        }
    }
}
