import PostroomCore
import PostroomInbox

/// What verbs show of dead letters.
enum DeadLetterColumns {
    /// What lists say of a dead letter.
    static func summary(now: Timestamp) -> [Column<DeadLetterSummary>] {
        [
            Column("id", value: { .integer($0.id) }),
            .moment("died", key: "died_at") { $0.diedAt },
            .age(now: now) { $0.diedAt },
            Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
            Column("endpoint", widest: 32, value: { .string($0.endpoint.rawValue) }),
            .optional("type", key: "event_type", widest: 40) { $0.eventType },
            Column("reason", value: { .string($0.reason) }, style: { _ in .red }),
            .count("attempts", key: "failed_attempts") { $0.failedAttempts },
            Column("delivery", key: "delivery_id", value: { .integer($0.deliveryID.rawValue) }),
            Column("error", widest: 80, value: { .string($0.error) }),
        ]
    }

    /// What is known of one dead letter beside its headers and its history.
    static func letter(now: Timestamp) -> [Column<DeadLetter>] {
        [
            Column("id", value: { .integer($0.summary.id) }),
            .momentWithAge("died", key: "died_at", now: now) { $0.summary.diedAt },
            Column("handler", value: { .string($0.summary.handler.rawValue) }),
            Column("reason", value: { .string($0.summary.reason) }, style: { _ in .red }),
            .count("attempts", key: "failed_attempts") { $0.summary.failedAttempts },
            Column("error", value: { .string($0.summary.error) }),
            Column("delivery", key: "delivery_id", value: { .integer($0.delivery.id.rawValue) }),
            .momentWithAge("received", key: "received_at", now: now) { $0.delivery.receivedAt },
            Column("endpoint", value: { .string($0.delivery.endpoint.rawValue) }),
            Column("source", value: { .string($0.delivery.source.rawValue) }),
            .optional("type", key: "event_type") { $0.delivery.eventType },
            Column("idempotency key", value: { .string($0.delivery.idempotencyKey) }),
            Column(
                "body",
                key: "body_bytes",
                value: { .integer(Int64($0.delivery.body.count)) },
                text: { "\(HumanText.count($0.delivery.body.count)) bytes" }
            ),
        ]
    }

    /// What is known of each failed attempt.
    static let history: [Column<FailedAttempt>] = [
        Column("attempt", .right, value: { .integer(orNull: $0.attempt) }),
        .moment("at") { $0.at },
        .duration("took", key: "duration_seconds") { $0.duration },
        Column("error", value: { .string($0.error) }),
    ]
}
