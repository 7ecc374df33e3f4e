import PostroomCore

/// What has ended and waits for its settlement.
struct Outbox {
    /// What is settled in one call.
    struct Parcel {
        var batches: [BatchRun] = []
        var retries: [RetrySettlement] = []

        var isEmpty: Bool {
            batches.isEmpty && retries.isEmpty
        }

        var count: Int {
            batches.count + retries.count
        }
    }

    private static let most = 1024

    private var batches = FIFO<BatchRun>()
    private var retries = FIFO<RetrySettlement>()
    /// What was sent, and came back because of an error or a stale directory.
    private var returned = Parcel()
    /// What the inbox refused by itself, until when it is set aside.
    private var refused: [(until: Duration, parcel: Parcel)] = []
    /// How much the next parcel holds: less after a refusal, to find what was refused.
    private var limit = Outbox.most

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

    mutating func take(at now: Duration) -> Parcel {
        if let index = refused.firstIndex(where: { $0.until <= now }) {
            return refused.remove(at: index).parcel
        }
        // An eighth is the retries': a backlog ends a parcel's worth of batches each turn, and a suspect that is not
        // settled keeps the next one waiting.
        let waiting = returned.retries.count + retries.count
        let most = limit - min(waiting, limit / 8)
        var parcel = Parcel()
        parcel.batches = returned.batches + batches.popFirst(max(0, most - returned.batches.count))
        let rest = max(0, limit - min(most, parcel.batches.count))
        parcel.retries = returned.retries + retries.popFirst(max(0, rest - returned.retries.count))
        returned = Parcel()
        cut(&parcel, batches: most)
        return parcel
    }

    /// Keeps back what exceeds the limit.
    private mutating func cut(_ parcel: inout Parcel, batches most: Int) {
        if parcel.batches.count > most {
            returned.batches = Array(parcel.batches[most...])
            parcel.batches.removeSubrange(most...)
        }
        let rest = limit - parcel.batches.count
        if parcel.retries.count > rest {
            returned.retries = Array(parcel.retries[rest...])
            parcel.retries.removeSubrange(rest...)
        }
    }

    /// Takes a parcel back that is to be sent again.
    mutating func putBack(_ parcel: Parcel) {
        returned.batches = parcel.batches + returned.batches
        returned.retries = parcel.retries + returned.retries
    }

    /// What became of a parcel that the inbox refused.
    enum RefusalStep: Equatable {
        /// It goes out again in parts.
        case divided
        /// It was one pair, and goes out again without what its attempt said.
        case silenced(RetryKey)
        /// It waits for a while.
        case setAside
    }

    /// Takes a parcel back that the inbox refused for good, so that it does not stop the others.
    ///
    /// The next parcels are half as large, down to one batch or retry. Where its values are what is refused, a batch sends
    /// the pairs whose attempts failed on as retries of this worker, which have no values of a handler's; and a retry is
    /// settled without what its attempt said. What is refused even so is set aside.
    ///
    /// - Parameters:
    ///   - parcel: What was refused.
    ///   - besideClaim: Whether a claim rode along, which may be what was refused.
    ///   - isAboutValues: Whether other values might be accepted.
    ///   - until: Until when it is set aside.
    /// - Returns: What became of it.
    mutating func refuse(
        _ parcel: Parcel,
        besideClaim: Bool = false,
        isAboutValues: Bool = false,
        until: Duration
    ) -> RefusalStep {
        if parcel.count > 1 || besideClaim && !parcel.isEmpty {
            limit = max(1, parcel.count / 2)
            putBack(parcel)
            return .divided
        }
        if isAboutValues, let run = parcel.batches.first, run.detachFailures() {
            putBack(parcel)
            return .divided
        }
        if isAboutValues, let retry = parcel.retries.first, let outcome = retry.outcome.withoutWords {
            putBack(Parcel(retries: [RetrySettlement(key: retry.key, outcome: outcome)]))
            return .silenced(retry.key)
        }
        if !parcel.isEmpty {
            refused.append((until, parcel))
        }
        return .setAside
    }

    /// The last parcel was accepted.
    mutating func accepted() {
        limit = min(Self.most, limit * 2)
    }
}

extension PairOutcome {
    /// The outcome without what its attempt said and without its duration, or `nil` where there is nothing to leave out.
    fileprivate var withoutWords: PairOutcome? {
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
