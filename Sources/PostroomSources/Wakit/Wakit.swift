import PostroomCore

/// Rows of wakit's messaging database (also known as OpenBSP), as they are inserted and updated.
///
/// wakit sends each row once, whatever is answered, and signs nothing; its endpoints take a bearer token. Rows come in no
/// order: an update may overtake its insert. Merge by `updated_at`, and never let a status go back.
public enum Wakit {
    static let model = SourceModel(
        definition: SourceDefinition(
            source: .wakit,
            summary: "wakit (OpenBSP): rows of a messaging database",
            scheme: .bearer,
            sensitivePaths: sensitivePaths,
            userAgent: "pg_net/0.19.5"
        ),
        rules: WakitRules(),
        events: events,
        envelope: { eventType, data, values in
            let names = eventType.split(separator: ".")
            return SampleDelivery(
                eventType: eventType,
                id: "",
                body: """
                    {"data": \(data), "action": "\(names[1])", "entity": "\(names[0])"}
                    """
            )
        }
    )
}
