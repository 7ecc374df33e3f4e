import DequeModule
import PostroomCore
import Synchronization

/// The batches and retries that one call settles.
struct SettlementChunk {
    var batches: [BatchRun] = []
    var retries: [RetrySettlement] = []

    var isEmpty: Bool {
        batches.isEmpty && retries.isEmpty
    }

    var count: Int {
        batches.count + retries.count
    }
}

/// The queue between what has ended and ``SettleAndClaimLoop``, which settles it.
///
/// It is all that a batch or a retry knows of its session. Its lock may be taken while the session's is held, and a
/// batch's own lock while this one is; never the other way round.
final class SettlementQueue: Sendable {
    /// Raised when there is something to settle, or perhaps to claim.
    let workSignal = Signal()
    private let state = Mutex(SettlementQueueState())

    var isEmpty: Bool {
        state.withLock { $0.isEmpty }
    }

    /// `true` while a refused settlement is looked for, and nothing else should ride along.
    var isSearching: Bool {
        state.withLock { $0.isSearching }
    }

    /// Adds a batch that is ready to be settled, and wakes the loop.
    func ended(_ run: BatchRun) {
        append(run)
        workSignal.raise()
    }

    /// Adds a retry that has ended, and wakes the loop.
    func ended(_ retry: RetrySettlement) {
        append(retry)
        workSignal.raise()
    }

    func append(_ run: BatchRun) {
        state.withLock { $0.append(run) }
    }

    func append(_ retry: RetrySettlement) {
        state.withLock { $0.append(retry) }
    }

    func take(at now: Duration) -> SettlementChunk {
        state.withLock { $0.take(at: now) }
    }

    func putBack(_ chunk: SettlementChunk) {
        state.withLock { $0.putBack(chunk) }
    }

    /// Takes a chunk back that the inbox refused for good; see ``SettlementQueueState``.
    func refuse(
        _ chunk: SettlementChunk,
        besideClaim: Bool = false,
        isAboutValues: Bool = false,
        until: Duration
    ) -> SettlementQueueState.RefusalStep {
        state.withLock { state in
            state.refuse(chunk, besideClaim: besideClaim, isAboutValues: isAboutValues, until: until)
        }
    }

    func accepted() {
        state.withLock { $0.accepted() }
    }

    /// Drops everything, and what is added later: the identity that held it is gone.
    func close() {
        state.withLock { state in
            state = SettlementQueueState()
            state.isClosed = true
        }
    }
}

/// The batches and retries that have ended and wait for their settlement: decisions only.
struct SettlementQueueState {
    private static let most = 1024

    private var batches = Deque<BatchRun>()
    private var retries = Deque<RetrySettlement>()
    /// The chunks that were sent, and came back because of an error or a stale directory.
    private var returned = SettlementChunk()
    /// The chunks that the inbox refused by themselves, each set aside until a moment.
    private var refused: [(until: Duration, chunk: SettlementChunk)] = []
    /// The size of the next chunk: smaller after a refusal, to find what was refused.
    private var limit = SettlementQueueState.most
    var isClosed = false

    var isEmpty: Bool {
        batches.isEmpty && retries.isEmpty && returned.isEmpty && refused.isEmpty
    }

    var isSearching: Bool {
        limit < Self.most
    }

    mutating func append(_ run: BatchRun) {
        if !isClosed {
            batches.append(run)
        }
    }

    mutating func append(_ retry: RetrySettlement) {
        if !isClosed {
            retries.append(retry)
        }
    }

    /// Takes what is settled next.
    mutating func take(at now: Duration) -> SettlementChunk {
        if let index = refused.firstIndex(where: { $0.until <= now }) {
            return refused.remove(at: index).chunk
        }
        // An eighth is for retries: a backlog ends a chunk's worth of batches each turn, and a suspect that is not
        // settled keeps the next one waiting.
        let waiting = returned.retries.count + retries.count
        let most = limit - min(waiting, limit / 8)
        var chunk = SettlementChunk()
        chunk.batches = returned.batches + batches.takeFirst(max(0, most - returned.batches.count))
        let rest = max(0, limit - min(most, chunk.batches.count))
        chunk.retries = returned.retries + retries.takeFirst(max(0, rest - returned.retries.count))
        returned = SettlementChunk()
        cut(&chunk, batches: most)
        return chunk
    }

    /// Keeps back what exceeds the limit.
    private mutating func cut(_ chunk: inout SettlementChunk, batches most: Int) {
        if chunk.batches.count > most {
            returned.batches = Array(chunk.batches[most...])
            chunk.batches.removeSubrange(most...)
        }
        let rest = limit - chunk.batches.count
        if chunk.retries.count > rest {
            returned.retries = Array(chunk.retries[rest...])
            chunk.retries.removeSubrange(rest...)
        }
    }

    /// Takes a chunk back that is to be sent again.
    mutating func putBack(_ chunk: SettlementChunk) {
        guard !isClosed else { return }
        returned.batches = chunk.batches + returned.batches
        returned.retries = chunk.retries + returned.retries
    }

    /// The treatment of a chunk that the inbox refused.
    enum RefusalStep: Equatable {
        /// It goes out again in parts.
        case divided
        /// It was one job, and goes out again without what its attempt said.
        case silenced(RetryKey)
        /// It waits for a while.
        case setAside
    }

    /// Takes a chunk back that the inbox refused for good, so that it does not stop the others.
    ///
    /// The next chunks are half as large, down to one batch or retry. Where its values are what is refused, a batch sends
    /// the jobs whose attempts failed or enqueued something on as retries of this worker, which carry no values of a
    /// handler; and a retry is settled without the text of its error. A settlement that is refused even so is set aside.
    ///
    /// - Parameters:
    ///   - chunk: The chunk.
    ///   - besideClaim: `true` where a claim rode along, which may be what was refused.
    ///   - isAboutValues: `true` where other values might be accepted.
    ///   - until: The end of the time for which it is set aside.
    /// - Returns: The step that was taken.
    mutating func refuse(
        _ chunk: SettlementChunk,
        besideClaim: Bool = false,
        isAboutValues: Bool = false,
        until: Duration
    ) -> RefusalStep {
        if chunk.count > 1 || besideClaim && !chunk.isEmpty {
            limit = max(1, chunk.count / 2)
            putBack(chunk)
            return .divided
        }
        if isAboutValues, let run = chunk.batches.first, run.detachValues() {
            putBack(chunk)
            return .divided
        }
        if isAboutValues, let retry = chunk.retries.first, let outcome = retry.outcome.withoutWords {
            let silenced = RetrySettlement(
                key: retry.key,
                outcome: outcome,
                isTransactional: retry.isTransactional,
                place: retry.place
            )
            putBack(SettlementChunk(retries: [silenced]))
            return .silenced(retry.key)
        }
        if !chunk.isEmpty && !isClosed {
            refused.append((until, chunk))
        }
        return .setAside
    }

    /// The last chunk was accepted.
    mutating func accepted() {
        limit = min(Self.most, limit * 2)
    }
}

extension Deque {
    /// Takes up to that many elements from the front.
    fileprivate mutating func takeFirst(_ most: Int) -> [Element] {
        let taken = Array(prefix(most))
        removeFirst(taken.count)
        return taken
    }
}

extension JobOutcome {
    /// The outcome without its error's text and duration, or `nil` where there is nothing to leave out.
    fileprivate var withoutWords: JobOutcome? {
        switch self {
        case .handled, .running, .owed(_, failure: nil): nil
        case .owed(let delay, failure: let failure?): failure.withoutWords.map { .owed(dueIn: delay, failure: $0) }
        case .dead(let reason, let failure): failure.withoutWords.map { .dead(reason: reason, failure: $0) }
        }
    }
}

extension AttemptFailure {
    private static let silence = "the inbox refused to record what this attempt said; the log of its worker has it"

    fileprivate var withoutWords: AttemptFailure? {
        error == Self.silence ? nil : AttemptFailure(attempt: attempt, error: Self.silence, duration: .zero)
    }
}
