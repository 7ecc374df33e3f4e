import PostroomCore

extension Presets {
    /// Mailgun has its signature in the body, over a time and a random token only: it vouches for nothing else of the
    /// body, so send these over TLS alone.
    ///
    /// <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>
    static let mailgun = preset(
        SourceDefinition(
            source: .mailgun,
            summary: "Mailgun: what became of e-mails",
            scheme: .row(
                SignatureScheme(
                    .json("signature.signature"),
                    signed: [.timestamp, .json("signature.token")],
                    time: .init(
                        .json("signature.timestamp"),
                        // Retries go on for eight hours with the first signature.
                        tolerance: TimestampTolerance(past: .seconds(12 * 3600), future: .seconds(300))
                    )
                )
            ),
            sensitivePaths: [
                "event-data.recipient", "event-data.message.headers", "event-data.ip", "event-data.envelope",
            ],
            documentation: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks"
        ),
        EventLocations(
            eventType: [[.json("event-data.event")]],
            idempotencyKey: [[.json("event-data.id")]],
            orderingKey: [[.literal("message"), .json("event-data.message.headers.message-id")]],
            time: [.json("event-data.timestamp")]
        ),
        types: ["delivered", "failed", "opened", "complained"]
    ) { eventType, values in
        let id = values.token("", 22)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"signature":{"token":"\(values.token("", 50))","timestamp":"\(values.unixSeconds)","signature":"-"},\
                "event-data":{"id":"\(id)","event":\(JSONString.quoted(eventType)),\
                "timestamp":\(values.unixSeconds).25,"recipient":"ada@example.com",\
                "message":{"headers":{"message-id":"\(values.uuid())@example.com"}}}}
                """
        )
    }
}
