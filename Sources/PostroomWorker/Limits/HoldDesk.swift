import PostroomCore
import Synchronization

/// The holds that handlers of this process asked for, until the inbox knows them.
final class HoldDesk: Sendable {
    private let ends = Mutex<[HandlerName: Duration]>([:])
    private let limitSignal: Signal

    init(_ limitSignal: Signal) {
        self.limitSignal = limitSignal
    }

    /// Asks that a handler be held back until a moment.
    func ask(_ handler: HandlerName, until end: Duration) {
        let isLonger = ends.withLock { ends in
            let isLonger = end > ends[handler] ?? .zero
            ends[handler] = max(end, ends[handler] ?? .zero)
            return isLonger
        }
        if isLonger {
            limitSignal.raise()
        }
    }

    /// The holds that the inbox does not know yet, and that have not ended.
    func pending(at now: Duration) -> [(handler: HandlerName, end: Duration)] {
        ends.withLock { ends in
            ends = ends.filter { $0.value > now }
            return ends.map { ($0.key, $0.value) }
        }
    }

    /// Takes note that the inbox knows a hold.
    func sent(_ handler: HandlerName, until end: Duration) {
        ends.withLock { ends in
            if ends[handler] == end {
                ends[handler] = nil
            }
        }
    }
}
