import PostroomCore

extension Presets {
    /// Twilio signs the URL that it was given and the sorted fields of the form; a body of JSON has its digest in the
    /// URL.
    ///
    /// Set the endpoint's `url` where a proxy changes host or path.
    ///
    /// `I-Twilio-Idempotency-Token` is the same on every retry; it is not signed. A form is hidden as a whole; of the
    /// arrays of Event Streams the addresses and texts are.
    ///
    /// <https://www.twilio.com/docs/usage/webhooks/webhooks-security>
    static let twilio = preset(
        SourceDefinition(
            source: .twilio,
            summary: "Twilio: what became of messages and calls",
            scheme: .row(
                SignatureScheme(
                    .header("X-Twilio-Signature"),
                    .plain(prefix: ""),
                    .base64,
                    .hmacSHA1,
                    signed: [.url, .formFields],
                    bodyDigest: "bodySHA256"
                )
            ),
            sensitivePaths: ["data.from", "data.to", "data.body"],
            documentation: "https://www.twilio.com/docs/usage/webhooks/webhooks-security"
        ),
        EventLocations(
            eventType: [
                [.literal("message"), .form("MessageStatus")], [.literal("call"), .form("CallStatus")],
                [.json("[0].type")], [.member("type")],
            ],
            idempotencyKey: [[.header("I-Twilio-Idempotency-Token")]],
            orderingKey: [[.literal("message"), .form("MessageSid")], [.literal("call"), .form("CallSid")]]
        ),
        types: ["message.delivered", "call.completed", "com.twilio.messaging.inbound-message.received"]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let id = values.uuid()
        guard parts.first != "com" else {
            return SampleDelivery(
                eventType: eventType,
                id: id,
                headers: [("content-type", "application/json"), ("I-Twilio-Idempotency-Token", id)],
                body: """
                    [{"specversion":"1.0","type":\(JSONString.quoted(eventType)),"id":"\(values.token("EZ", 32))",\
                    "time":"\(values.timestamp(fraction: true))","data":{"messageSid":"\(values.token("SM", 32))",\
                    "from":"\(SamplePerson.phone)","to":"\(SamplePerson.phone)","body":"\(SamplePerson.text)",\
                    "number":\(values.index)}}]
                    """
            )
        }
        let kind = parts.first == "call" ? "Call" : "Message"
        let status = parts.count > 1 ? parts[1] : "delivered"
        return SampleDelivery(
            eventType: eventType,
            id: id,
            headers: [
                ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                ("I-Twilio-Idempotency-Token", id),
            ],
            body: """
                \(kind)Sid=\(values.token("SM", 32))&\(kind)Status=\(status)&From=%2B15017122661&To=%2B15555550123\
                &AccountSid=\(values.token("AC", 32))&Number=\(values.index)
                """
        )
    }

    /// Zoom: meetings, recordings, users.
    ///
    /// Deliveries carry no id; `event_ts` is the time of the event, so that every attempt has the same body, whose digest
    /// is the key. Its documentation prints no signed example with its secret.
    ///
    /// <https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events>
    static let zoom = preset(
        SourceDefinition(
            source: .zoom,
            summary: "Zoom: meetings, recordings, users",
            scheme: .row(.versioned("x-zm-signature", time: "x-zm-request-timestamp")),
            sensitivePaths: [
                "payload.operator", "payload.object.host_email", "payload.object.email", "payload.object.first_name",
                "payload.object.last_name", "payload.object.message", "payload.object.participant.email",
                "payload.object.participant.user_name", "payload.object.participant.phone_number",
                "payload.object.participant.public_ip", "payload.object.participant.private_ip",
                "payload.object.registrant", "payload.object.caller", "payload.object.callee", "download_token",
            ],
            documentation: "https://developers.zoom.us/docs/api/webhooks/",
            handshake: .zoom
        ),
        EventLocations(
            eventType: [[.member("event")]],
            orderingKey: [[.literal("object"), .json("payload.object.uuid")]],
            time: [.member("event_ts")]
        ),
        types: [
            "meeting.started", "meeting.participant_joined", "meeting.registration_created", "recording.completed",
            "user.created", "chat_message.sent", "phone.callee_ringing",
        ]
    ) { eventType, values in
        SampleDelivery(
            eventType: eventType,
            id: "",
            body: """
                {"event":\(JSONString.quoted(eventType)),"event_ts":\(values.unixSeconds)000,\
                \(eventType == "recording.completed" ? #""download_token":"for Ada","# : "")\
                "payload":{"account_id":"\(values.token("", 22))","operator":"\(SamplePerson.email)",\
                "object":{"uuid":"\(values.uuid())","id":"\(values.number(1_000_000...900_000_000))",\
                \(zoomMembers(eventType)),"number":\(values.index)}}}
                """
        )
    }

    /// Members of the object that an event of Zoom is about.
    private static func zoomMembers(_ event: String) -> String {
        switch event {
        case "meeting.participant_joined":
            """
            "topic":"A call","participant":{"user_name":"\(SamplePerson.name)","email":"\(SamplePerson.email)",\
            "phone_number":"\(SamplePerson.phone)","public_ip":"\(SamplePerson.address)",\
            "private_ip":"\(SamplePerson.address)"}
            """
        case "meeting.registration_created": #""registrant":{\#(SamplePerson.contact)}"#
        case "user.created": #""email":"\#(SamplePerson.email)","first_name":"Ada","last_name":"Ada Lovelace""#
        case "chat_message.sent": #""message":"\#(SamplePerson.text)""#
        case "phone.callee_ringing":
            #""caller":{"phone_number":"\#(SamplePerson.phone)"},"callee":{\#(SamplePerson.contact)}"#
        default: #""topic":"A call","host_email":"\#(SamplePerson.email)""#
        }
    }
}
