import CoreMetrics
import PostroomCore

/// One handler's metrics, made once.
final class HandlerMetrics: Sendable {
    private let attempts: [Counter]
    private let seconds: Timer
    private let running: Meter
    private let slowed: Meter
    /// The slots of a limit over all processes, and those in use; `nil` where the handler has no such limit.
    private let limit: (slots: Meter, used: Meter)?
    private let deadLetters: [DeathReason: Counter]

    init(_ handler: HandlerName, hasShare: Bool = false, _ factory: any MetricsFactory) {
        let handler = ("handler", handler.rawValue)
        func meter(_ label: String) -> Meter {
            Meter(label: label, dimensions: [handler], factory: factory)
        }
        self.limit = hasShare ? (meter("postroom_handler_limit_slots"), meter("postroom_handler_limit_used")) : nil
        self.attempts = AttemptOutcome.Label.allCases.map { label in
            Counter(
                label: "postroom_attempts_total",
                dimensions: [handler, ("outcome", label.rawValue)],
                factory: factory
            )
        }
        self.seconds = Timer(label: "postroom_attempt_seconds", dimensions: [handler], factory: factory)
        self.running = Meter(label: "postroom_worker_running", dimensions: [handler], factory: factory)
        self.slowed = Meter(label: "postroom_handler_slowed", dimensions: [handler], factory: factory)
        self.deadLetters = Dictionary(
            uniqueKeysWithValues: DeathReason.allCases.map { reason in
                let dimensions = [handler, ("reason", reason.rawValue)]
                return (reason, Counter(label: "postroom_dead_letters_total", dimensions: dimensions, factory: factory))
            }
        )
    }

    func attempted(_ label: AttemptOutcome.Label, in duration: Duration) {
        attempts[label.index].increment()
        seconds.recordNanoseconds(duration.wholeNanoseconds)
    }

    func died(_ reason: DeathReason) {
        deadLetters[reason]?.increment()
    }

    func runs(_ count: Int) {
        running.set(count)
    }

    func uses(_ used: Int, of slots: Int) {
        limit?.slots.set(slots)
        limit?.used.set(used)
    }

    func isSlowed(_ isSlowed: Bool) {
        slowed.set(isSlowed ? 1 : 0)
    }
}

extension AttemptOutcome.Label {
    /// The place among all labels.
    fileprivate var index: Int {
        switch self {
        case .handled: 0
        case .ignored: 1
        case .retried: 2
        case .timedOut: 3
        case .dead: 4
        case .interrupted: 5
        case .busy: 6
        case .slept: 7
        }
    }
}
