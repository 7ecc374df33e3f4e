import PostroomCore

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

/// The batches and retries that have ended and wait for their settlement.
struct SettlementQueue {
    private static let most = 1024

    private var batches = FIFO<BatchRun>()
    private var retries = FIFO<RetrySettlement>()
    /// What was sent, and came back because of an error or a stale directory.
    private var returned = SettlementChunk()
    /// What the inbox refused by itself, until when it is set aside.
    private var refused: [(until: Duration, chunk: SettlementChunk)] = []
    /// How much the next chunk holds: less after a refusal, to find what was refused.
    private var limit = SettlementQueue.most

    var isEmpty: Bool {
        batches.isEmpty && retries.isEmpty && returned.isEmpty && refused.isEmpty
    }

    /// Whether a refused settlement is being looked for, and nothing else should ride along.
    var isSearching: Bool {
        limit < Self.most
    }

    mutating func append(_ run: BatchRun) {
        batches.append(run)
    }

    mutating func append(_ retry: RetrySettlement) {
        retries.append(retry)
    }

    mutating func take(at now: Duration) -> SettlementChunk {
        if let index = refused.firstIndex(where: { $0.until <= now }) {
            return refused.remove(at: index).chunk
        }
        // An eighth is the retries': a backlog ends a chunk's worth of batches each turn, and a suspect that is not
        // settled keeps the next one waiting.
        let waiting = returned.retries.count + retries.count
        let most = limit - min(waiting, limit / 8)
        var chunk = SettlementChunk()
        chunk.batches = returned.batches + batches.popFirst(max(0, most - returned.batches.count))
        let rest = max(0, limit - min(most, chunk.batches.count))
        chunk.retries = returned.retries + retries.popFirst(max(0, rest - returned.retries.count))
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
        returned.batches = chunk.batches + returned.batches
        returned.retries = chunk.retries + returned.retries
    }

    /// What became of a chunk that the inbox refused.
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
    /// The next parcels are half as large, down to one batch or retry. Where its values are what is refused, a batch sends
    /// the jobs whose attempts failed on as retries of this worker, which have no values of a handler's; and a retry is
    /// settled without what its attempt said. What is refused even so is set aside.
    ///
    /// - Parameters:
    ///   - chunk: What was refused.
    ///   - besideClaim: Whether a claim rode along, which may be what was refused.
    ///   - isAboutValues: Whether other values might be accepted.
    ///   - until: Until when it is set aside.
    /// - Returns: What became of it.
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
        if isAboutValues, let run = chunk.batches.first, run.detachFailures() {
            putBack(chunk)
            return .divided
        }
        if isAboutValues, let retry = chunk.retries.first, let outcome = retry.outcome.withoutWords {
            putBack(SettlementChunk(retries: [RetrySettlement(key: retry.key, outcome: outcome)]))
            return .silenced(retry.key)
        }
        if !chunk.isEmpty {
            refused.append((until, chunk))
        }
        return .setAside
    }

    /// The last chunk was accepted.
    mutating func accepted() {
        limit = min(Self.most, limit * 2)
    }
}

extension JobOutcome {
    /// The outcome without what its attempt said and without its duration, or `nil` where there is nothing to leave out.
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
