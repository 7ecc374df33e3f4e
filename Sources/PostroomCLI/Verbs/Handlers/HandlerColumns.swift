import PostroomCore
import PostroomInbox

/// What verbs show of handlers.
enum HandlerColumns {
    /// All that is known of a handler.
    static let all: [Column<HandlerBacklog>] = [
        Column("name", widest: 40, value: { .string($0.name.rawValue) }),
        Column("state", value: { .string(state(of: $0)) }, style: { style(ofState: state(of: $0)) }),
        Column("patterns", widest: 60, value: { .array($0.patterns.map { .string($0) }) }),
        .count("waiting", key: "retries_waiting") { $0.retriesWaiting },
        .count("due", key: "retries_due") { $0.retriesDue },
        .count("in flight", key: "retries_in_flight") { $0.retriesInFlight },
        .moment("next due", key: "next_due_at") { $0.nextDueAt },
        Column(
            "dead letters",
            .right,
            value: { .integer(Int64($0.deadLetters)) },
            text: { HumanText.count($0.deadLetters) },
            style: { $0.deadLetters > 0 ? .red : nil }
        ),
        .moment("last died", key: "last_died_at") { $0.lastDiedAt },
    ]

    /// Where a handler stands: `active`, `paused`, `removed`, or `orphaned` where no worker has it.
    static func state(of handler: HandlerBacklog) -> String {
        if handler.isRemoved {
            return "removed"
        }
        return handler.isPaused ? "paused" : handler.isOrphaned ? "orphaned" : "active"
    }

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "paused": .yellow
        case "orphaned": .red
        case "removed": .dim
        default: nil
        }
    }
}
