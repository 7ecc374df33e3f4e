import CoreMetrics
import Logging
import PostroomCore

/// The reader of a settlement's reply.
struct SettlementReply {
    private let parts: WorkerParts
    private let session: Session

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
    }

    /// Takes note of what was settled and lost, and wakes the loops that it concerns.
    func read(_ result: SettlementResult, to chunk: SettlementChunk, _ settlement: Settlement, at now: Duration) {
        let due = earliestRetry(in: settlement, at: now)
        let (lostRuns, late, isInDoubt) = session.with { state in
            apply(result, chunk, &state)
        }
        if isInDoubt {
            session.mayHaveUnknownClaims(at: now)
        }
        if !parts.deadLetterHooks.isEmpty && settlement.hasDeadLetters {
            parts.letterSignal.raise()
        }
        session.suspectEnded.raise()
        if chunk.batches.contains(where: \.isSuspect) {
            parts.suspectSignal.raise()
        }
        if let due {
            session.willBeDue(at: due)
            if due <= now {
                parts.retrySignal.raise()
            }
        }
        if session.router.hasOrder && !(chunk.batches.isEmpty && chunk.retries.allSatisfy { $0.place == nil }) {
            // The next job of a key may be in front now, or wait for no batch any more.
            parts.retrySignal.raise()
        }
        if late > 0 {
            parts.metrics.lateSettlements.increment(by: late)
            parts.log.warning("a settlement came too late", metadata: ["claims": .stringConvertible(late)])
            session.heartbeatSignal.raise()
        }
        for run in lostRuns {
            for queue in parts.handlerQueues {
                queue.drop(run)
            }
        }
    }

    /// Applies the result to the session's state.
    ///
    /// - Returns: The batches that were lost, the number of all claims that were lost, and `true` where a job that was
    ///   settled before its reply was lost may have been claimed again by a call whose reply was lost as well.
    private func apply(
        _ result: SettlementResult,
        _ chunk: SettlementChunk,
        _ state: inout SessionState
    ) -> (lost: [BatchRun], late: Int, isInDoubt: Bool) {
        guard !state.isDropped else { return ([], 0, false) }
        var lost: [BatchRun] = []
        var late = 0
        var isInDoubt = false
        var refused: [BatchRun] = []
        let lostBatches = Set(result.lostBatches)
        for run in chunk.batches {
            let isLost = lostBatches.contains(run.id)
            if result.directoryIsStale && !isLost {
                refused.append(run)
            } else if state.settled(run, isLost: isLost) {
                lost.append(run)
                late += 1
            }
        }
        let lostRetries = Set(result.lostRetries)
        for retry in chunk.retries {
            let isLost = lostRetries.contains(retry.key)
            isInDoubt = isInDoubt || isLost && state.uncertainRetries.contains(retry.key)
            if state.settled(retry.key, isLost: isLost) {
                late += 1
            }
        }
        state.settlements.accepted()
        state.settlements.putBack(SettlementChunk(batches: refused))
        if state.holdsRetryClaims && !state.hasUncertainRetries {
            state.holdsRetryClaims = false
            parts.retrySignal.raise()
        }
        if state.isStopping && state.isEmpty {
            session.drained.raise()
        }
        return (lost, late, isInDoubt)
    }

    /// Returns the time at which the first of the retries is due that were written for this worker's own handlers.
    private func earliestRetry(in settlement: Settlement, at now: Duration) -> Duration? {
        let router = session.router
        var earliest: Duration?
        func consider(_ outcome: JobOutcome, _ handler: HandlerName) {
            guard case .owed(let delay, _) = outcome, router.index(of: handler) != nil else { return }
            earliest = min(earliest ?? delay, delay)
        }
        for batch in settlement.batches {
            for job in batch.jobs {
                consider(job.outcome, job.handler)
            }
        }
        for retry in settlement.retries {
            consider(retry.outcome, retry.key.handler)
        }
        return earliest.map { now + $0 }
    }
}

extension Settlement {
    /// `true` where a job became a dead letter.
    fileprivate var hasDeadLetters: Bool {
        func isDead(_ outcome: JobOutcome) -> Bool {
            if case .dead = outcome { true } else { false }
        }
        return retries.contains { isDead($0.outcome) } || batches.contains { $0.jobs.contains { isDead($0.outcome) } }
    }
}
