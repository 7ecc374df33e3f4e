import PostroomCore
import PostroomInbox

/// What verbs show of deliveries.
enum DeliveryColumns {
    /// What lists say of a delivery, and with `unreadable` also why its body can't be read.
    static func summary(now: Timestamp, unreadable: Bool = false) -> [Column<DeliverySummary>] {
        let reason: [Column<DeliverySummary>] =
            unreadable ? [.optional("unreadable", widest: 60) { $0.unreadable }] : []
        return [
            Column("id", value: { .integer($0.id.rawValue) }),
            .moment("received", key: "received_at") { $0.receivedAt },
            .age(now: now) { $0.receivedAt },
            Column("endpoint", widest: 32, value: { .string($0.endpoint.rawValue) }),
            Column("source", value: { .string($0.source.rawValue) }),
            .optional("type", key: "event_type", widest: 40) { $0.eventType },
            Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
            Column("bytes", .right, value: { .integer(Int64($0.bytes)) }, text: { HumanText.size(bytes: $0.bytes) }),
            Column("key", key: "idempotency_key", widest: 40, value: { .string($0.idempotencyKey) }),
        ] + reason
    }

    /// What is known of one delivery beside its headers.
    static func delivery(now: Timestamp) -> [Column<Delivery>] {
        [
            Column("id", value: { .integer($0.id.rawValue) }),
            .momentWithAge("received", key: "received_at", now: now) { $0.receivedAt },
            Column("endpoint", value: { .string($0.endpoint.rawValue) }),
            Column("source", value: { .string($0.source.rawValue) }),
            .optional("type", key: "event_type") { $0.eventType },
            Column("idempotency key", value: { .string($0.idempotencyKey) }),
            Column(
                "body",
                key: "body_bytes",
                value: { .integer(Int64($0.body.count)) },
                text: { "\(HumanText.count($0.body.count)) bytes" }
            ),
        ]
    }

    /// What happened to a delivery at its handlers.
    static let pairs: [Column<PairRecord>] = [
        .moment("at") { $0.at },
        Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
        Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
        Column("attempt", .right, value: { .integer(orNull: $0.attempt) }),
        .duration("took", key: "duration_seconds") { $0.duration },
        Column("worker", .right, value: { .integer(orNull: $0.worker) }),
        .optional("detail", widest: 100) { $0.detail },
    ]

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "dead": .red
        case "owed", "failed": .yellow
        case "handled", "settled": .green
        default: nil
        }
    }
}
