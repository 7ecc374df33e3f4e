import PostroomCore

/// Events of a workspace platform, as Nyuchi and the other users of the same documentation template describe them.
///
/// The producers differ in the name of the signature header and in small things: where the workspace stands, and whether
/// `changed_fields` is a list of names or an object.
public enum Nyuchi {
    static let model = SourceModel(
        definition: SourceDefinition(
            source: .nyuchi,
            summary: "Nyuchi, and other workspace platforms of its documentation template",
            scheme: .bodySignature,
            signatureHeader: "X-Signature-256",
            allowsOtherHeader: true,
            sensitivePaths: sensitivePaths
        ),
        rules: NyuchiRules(),
        events: events,
        envelope: { eventType, data, values in
            let id = values.token("evt_", 18)
            return SampleDelivery(
                eventType: eventType,
                id: id,
                body: """
                    {"id":"\(id)","type":"\(eventType)","created_at":"\(values.timestamp())","data":\(data)}
                    """
            )
        }
    )
}
