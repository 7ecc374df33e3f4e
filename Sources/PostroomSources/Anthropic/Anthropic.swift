import PostroomCore

/// Events of Anthropic's managed agents: sessions, vaults, and what else the agents need; and of an organization's user
/// profiles, external keys and external storage, which belong to no workspace.
///
/// They are thin: fetch the object by its identity to learn its state. A `deleted` event is the last one of its object,
/// whatever comes after it. Anthropic tries three times within minutes and then drops an event without a sign.
public enum Anthropic {
    static let model = SourceModel(
        definition: SourceDefinition(
            source: .anthropic,
            summary: "Anthropic managed agents: sessions, vaults, deployments",
            scheme: .standardWebhooks,
            tolerance: .within(.seconds(300)),
            sensitivePaths: sensitivePaths
        ),
        rules: AnthropicRules(),
        events: events,
        envelope: { eventType, data, values in
            let id = values.token("whe_", 24)
            return SampleDelivery(
                eventType: eventType,
                id: id,
                body: """
                    {"id":"\(id)","created_at":"\(values.timestamp())","data":{"type":"\(eventType)",\(data)},\
                    "type":"event"}
                    """
            )
        }
    )
}

extension Anthropic {
    /// Returns whether an event type says that a session became idle, under its name of today or its older one.
    ///
    /// - Parameter eventType: The event type.
    /// - Returns: `true` if it is `session.status_idled` or `session.idled`; the names of event streams are neither.
    public static func isIdle(_ eventType: String) -> Bool {
        SessionBecameIdle.eventTypes.contains(eventType)
    }

    /// Returns whether an event type says that a session runs, under its name of today or its older one.
    ///
    /// - Parameter eventType: The event type.
    /// - Returns: `true` if it is `session.status_run_started` or `session.running`; the names of event streams are
    ///   neither.
    public static func isRunning(_ eventType: String) -> Bool {
        SessionBeganToRun.eventTypes.contains(eventType)
    }
}
