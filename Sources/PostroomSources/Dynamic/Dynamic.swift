import PostroomCore

/// Events of Dynamic environments: users, wallets, sessions, flows, business accounts.
///
/// The key of the signature is the whole secret, with its prefix. Bodies of `wallet.delegation.created` carry key
/// material.
///
/// Transaction reviews are no events: Dynamic asks before it signs, and the answer `{"proceed": true}` or
/// `{"proceed": false}` decides. Postroom answers that it has stored the request, which decides nothing, so don't send
/// transaction reviews to one of its endpoints: answer them in a service of your own.
public enum Dynamic {
    static let model = SourceModel(
        definition: SourceDefinition(
            source: .dynamic,
            summary: "Dynamic: users, wallets, sessions, flows",
            scheme: .bodySignature,
            signatureHeader: "x-dynamic-signature-256",
            allowsOtherHeader: true,
            sensitivePaths: sensitivePaths,
            pingType: Ping.eventTypes[0]
        ),
        rules: DynamicRules(),
        events: events,
        envelope: { eventType, data, values in
            let id = values.uuid()
            return SampleDelivery(
                eventType: eventType,
                id: id,
                body: """
                    {"messageId":"\(id)","eventId":"\(values.uuid())","eventName":"\(eventType)",\
                    "timestamp":"\(values.timestamp(fraction: true))",\
                    "webhookId":"5b1f3c0e-7a52-4a55-9a37-0c3a3d0b9a10","userId":"\(values.uuid())",\
                    "environmentId":"\(sampleEnvironment)","environmentName":"sandbox","data":\(data)}
                    """
            )
        }
    )
}
