/// The brake on a handler that fails all the time, released as soon as it succeeds: decisions only.
///
/// After twenty failures in a row, attempts run one at a time with a short pause before each, so that a broken service is
/// not hammered, and what waits does so in the inbox. Each success doubles the attempts that may run at once, without a
/// pause; a failure takes it back to one. A breaker that lets nothing through would have to guess when to try, and would
/// keep hopeless jobs from becoming dead letters; this one notices a repair with the next attempt.
struct CircuitBreaker {
    /// The evidence of an attempt about its handler.
    enum Sign {
        case success
        case failure
        /// No evidence: the attempt was interrupted, or the handler refused this one event.
        case none
    }

    /// A change between full speed and slow.
    enum Change: Equatable {
        case opened
        case closed
    }

    /// The number of failures in a row that open it: more than chance brings about with a handler that fails at every other
    /// event.
    static let threshold = 20
    /// The pause before each attempt while nothing succeeds.
    static let pause = Duration.milliseconds(10)

    private let slots: Int
    private var failures = 0
    /// The most attempts that may run at once.
    private(set) var limit: Int
    /// The time before which no attempt may begin.
    private var pausedUntil = Duration.zero

    init(slots: Int) {
        self.slots = slots
        self.limit = slots
    }

    /// `true` while the handler is slowed down.
    var isOpen: Bool {
        failures >= Self.threshold || limit < slots
    }

    /// Returns the time for which no attempt may begin yet.
    func pause(at now: Duration) -> Duration {
        max(.zero, pausedUntil - now)
    }

    /// Takes note of an attempt's end.
    ///
    /// - Returns: The change that it made, if any.
    mutating func note(_ sign: Sign, at now: Duration) -> Change? {
        let wasOpen = isOpen
        switch sign {
        case .none:
            return nil
        case .success:
            failures = 0
            pausedUntil = .zero
            limit = min(slots, limit * 2)
        case .failure:
            failures += 1
            if wasOpen || isOpen {
                limit = 1
                pausedUntil = now + Self.pause
            }
        }
        return wasOpen == isOpen ? nil : isOpen ? .opened : .closed
    }
}
