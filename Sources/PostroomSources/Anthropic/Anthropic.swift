import PostroomCore

/// Events of Anthropic's managed agents: sessions, vaults, and what else the agents need; and of an organization's user
/// profiles, external keys and external storage, which belong to no workspace.
///
/// They are thin: fetch the object by its identity to learn its state. A `deleted` event is the last word on its object,
/// whatever comes after it. Anthropic tries three times within minutes and then drops an event without a sign.
public enum Anthropic {
    static let model = SourceModel(
        definition: SourceDefinition(
            source: .anthropic,
            summary: "Anthropic managed agents: sessions, vaults, deployments",
            scheme: .standardWebhooks,
            tolerance: .within(.seconds(300))
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
