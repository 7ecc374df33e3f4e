import PostroomCore
import PostroomInbox

/// What verbs show of replays.
enum ReplayColumns {
    /// All that is known of a replay.
    static func all(now: Timestamp) -> [Column<ReplaySummary>] {
        [
            Column("id", value: { .integer($0.id) }),
            Column("kind", value: { .string($0.kind) }),
            Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
            .count("moved") { $0.moved },
            .count("looked at", key: "looked") { $0.looked },
            .moment("requested", key: "requested_at") { $0.requestedAt },
            .age(now: now) { $0.requestedAt },
            Column("by", key: "requested_by", widest: 24, value: { .string($0.requestedBy) }),
            .moment("finished", key: "finished_at") { $0.finishedAt },
            Column(
                "filter",
                value: { ReplayFilterText(reading: $0.filter).json },
                text: { ReplayFilterText(reading: $0.filter).words }
            ),
            .optional("note", widest: 100) { $0.note },
        ]
    }

    /// The same for a single replay, whose time of request has its age beside it.
    static func item(now: Timestamp) -> [Column<ReplaySummary>] {
        all(now: now)
            .compactMap { column in
                switch column.key {
                case "requested_at": .momentWithAge("requested", key: "requested_at", now: now) { $0.requestedAt }
                case "age": nil
                default: column
                }
            }
    }

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "running": .green
        case "paused": .yellow
        default: .dim
        }
    }
}
