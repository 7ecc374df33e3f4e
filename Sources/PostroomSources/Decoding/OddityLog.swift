import PostroomCore
import Synchronization

/// Takes down what of a body does not fit while an event is read from it.
///
/// Only what is odd costs anything: an ordinary body leaves it untouched.
final class OddityLog: Sendable {
    /// The most oddities that are kept of one body.
    ///
    /// A list may hold as many nulls as fit into a body; nobody needs them all to know what is wrong.
    static let capacity = 32

    private let found = Mutex<[EventOddity]>([])

    /// The oddities in the order in which they were met.
    var oddities: [EventOddity] {
        found.withLock { $0 }
    }

    /// Takes down a misfit, once.
    func note(_ misfit: UndecodableEvent) {
        let oddity = EventOddity(path: misfit.path, finding: misfit.expectation)
        found.withLock { found in
            if found.count < Self.capacity, !found.contains(oddity) {
                found.append(oddity)
            }
        }
    }
}

/// The oddities of an event, for its notice: equal where they are the same ones.
///
/// It holds the log itself, because a notice is read before the fields that may be odd.
struct OddityRecord: SourceNotice, Hashable, Sendable {
    private let log: OddityLog?

    init(_ log: OddityLog?) {
        self.log = log
    }

    /// Itself: the notice of a source whose envelope says nothing else.
    var record: OddityRecord {
        self
    }

    var oddities: [EventOddity] {
        log?.oddities ?? []
    }

    static func == (left: OddityRecord, right: OddityRecord) -> Bool {
        left.oddities == right.oddities
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(oddities)
    }
}
