/// Slows a handler down that fails all the time, and lets it go again as soon as it succeeds: decisions only.
///
/// After twenty failures in a row, attempts run one at a time with a short pause before each, so that a broken service is
/// not hammered, and what waits does so in the inbox. Each success doubles the attempts that may run at once, without a
/// pause; a failure takes it back to one. A breaker that lets nothing through would have to guess when to try, and would
/// keep hopeless jobs from becoming dead letters; this one notices a repair with the next attempt.
struct CircuitBreaker {
    /// What an attempt says of its handler.
    enum Sign {
        case success
        case failure
        /// It says nothing: the attempt was interrupted, or the handler refused this one event.
        case none
    }

    /// What has just changed.
    enum Change: Equatable {
        case opened
        case closed
    }

    /// How many failures in a row open it: more than chance brings about with a handler that fails at every other event.
    static let threshold = 20
    /// How long it waits before each attempt while nothing succeeds.
    static let pause = Duration.milliseconds(10)

    private let slots: Int
    private var failures = 0
    /// How many attempts may run at once.
    private(set) var limit: Int
    /// Until when none may begin.
    private var pausedUntil = Duration.zero

    init(slots: Int) {
        self.slots = slots
        self.limit = slots
    }

    /// Whether the handler is slowed down.
    var isOpen: Bool {
        failures >= Self.threshold || limit < slots
    }

    /// How long no attempt may begin yet.
    func pause(at now: Duration) -> Duration {
        max(.zero, pausedUntil - now)
    }

    /// Takes note of an attempt's end.
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
