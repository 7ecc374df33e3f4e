import PostroomCore
import PostroomQueue

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
        var parcel = Parcel()
        parcel.batches = returned.batches + batches.popFirst(max(0, limit - returned.batches.count))
        let rest = max(0, limit - parcel.batches.count)
        parcel.retries = returned.retries + retries.popFirst(max(0, rest - returned.retries.count))
        returned = Parcel()
        cut(&parcel)
        return parcel
    }

    /// Keeps back what exceeds the limit.
    private mutating func cut(_ parcel: inout Parcel) {
        if parcel.batches.count > limit {
            returned.batches = Array(parcel.batches[limit...])
            parcel.batches.removeSubrange(limit...)
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

    /// Takes a parcel back that the inbox refused: the next ones are smaller, and what is refused alone is set aside,
    /// so that it does not stop the others.
    mutating func refuse(_ parcel: Parcel, until: Duration) {
        if parcel.count > 1 {
            limit = max(1, parcel.count / 2)
            putBack(parcel)
        } else if !parcel.isEmpty {
            refused.append((until, parcel))
        }
    }

    /// The last parcel was accepted.
    mutating func accepted() {
        limit = min(Self.most, limit * 2)
    }
}
