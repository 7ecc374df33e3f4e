import PostroomCore

extension Presets {
    /// Mailgun has its signature in the body, over a time and a random token only: it vouches for nothing else of the
    /// body, so send these over TLS alone.
    ///
    /// `event-data.id` is the event's own on every attempt. Its documentation prints a signature, but not the key that
    /// made it.
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
                "event-data.client-info", "event-data.geolocation", "event-data.user-variables", "event-data.storage",
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
                "timestamp":\(values.unixSeconds).25,"recipient":"\(SamplePerson.email)",\
                "ip":"\(SamplePerson.address)","envelope":{"targets":"\(SamplePerson.email)"},\
                "client-info":{"user-agent":"Ada's reader"},"geolocation":{"city":"Adaville"},\
                "user-variables":{"user":"\(SamplePerson.login)"},"storage":{"key":"Ada's message"},\
                "message":{"headers":{"to":"\(SamplePerson.email)","message-id":"\(values.uuid())@example.com"}}}}
                """
        )
    }
}
