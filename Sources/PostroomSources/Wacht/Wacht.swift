import PostroomCore

/// Events of Wacht deployments: users, sessions, organizations, workspaces, agents.
///
/// Wacht signs the time at which it queued a delivery, and never again over almost seven days of retries. So the default
/// tolerance reaches eight days back, and the idempotency key is what guards against replayed requests.
public enum Wacht {
    static let model = SourceModel(
        definition: SourceDefinition(
            source: .wacht,
            summary: "Wacht deployment events: users, sessions, organizations, workspaces, agents",
            scheme: .standardWebhooks,
            tolerance: TimestampTolerance(past: .seconds(8 * 86400), future: .seconds(300)),
            bodyLimit: 8 << 20,
            dropsRefusedDeliveries: true,
            sensitivePaths: sensitivePaths,
            userAgent: "Wacht-Webhook/1.0"
        ),
        rules: WachtRules(),
        events: events,
        envelope: { eventType, data, values in
            SampleDelivery(
                eventType: eventType,
                id: "msg_\(values.snowflake())",
                body: """
                    {"data":\(data),"timestamp":"\(values.timestamp().dropLast()).000Z","type":"\(eventType)"}
                    """
            )
        }
    )
}
