import PostroomCore

extension Presets {
    /// Slack: events by their inner type, `message`; interactions by the type in the form's `payload`; slash commands
    /// by their command.
    ///
    /// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
    static let slack = preset(
        SourceDefinition(
            source: .slack,
            summary: "Slack: the Events API, interactions and slash commands",
            scheme: .row(.versioned("X-Slack-Signature", time: "X-Slack-Request-Timestamp")),
            sensitivePaths: ["event.text", "event.blocks[]", "response_url"],
            documentation: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
            handshake: .slack
        ),
        EventLocations(
            eventType: [
                [.json("event.type")], [.member("type")], [.jsonInForm(field: "payload", path: "type")],
                [.form("command")],
            ],
            idempotencyKey: [[.member("event_id")], [.form("trigger_id")]],
            orderingKey: [[.literal("channel"), .json("event.channel")], [.literal("user"), .json("event.user")]],
            time: [.member("event_time")]
        ),
        types: ["message", "app_mention", "reaction_added"]
    ) { eventType, values in
        let id = values.token("Ev", 10)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"token":"\(values.token("", 24))","team_id":"T061EG9R6","api_app_id":"A0PNCHHK2",\
                "event":{"type":\(JSONString.quoted(eventType)),"user":"U061F7AUR","channel":"C0LAN2Q65",\
                "text":"number \(values.index)","ts":"\(values.unixSeconds).000200"},"type":"event_callback",\
                "event_id":"\(id)","event_time":\(values.unixSeconds)}
                """
        )
    }

    /// Discord's webhook events, and interactions by their number, which Discord wants answered in three seconds by a
    /// program of one's own: point those elsewhere.
    ///
    /// The secret is the application's public key.
    ///
    /// Webhook events carry no id, so that the body's digest is their key.
    /// <https://docs.discord.com/developers/events/webhook-events>,
    /// <https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>
    static let discord = preset(
        SourceDefinition(
            source: .discord,
            summary: "Discord: webhook events",
            scheme: .row(
                SignatureScheme(
                    .header("X-Signature-Ed25519"),
                    .plain(prefix: ""),
                    .hexadecimal,
                    .ed25519,
                    keyForm: .hexadecimal,
                    signed: [.timestamp, .body],
                    time: .init(.header("X-Signature-Timestamp"), tolerance: .within(.seconds(300)))
                )
            ),
            sensitivePaths: ["event.data.user.email"],
            documentation: "https://docs.discord.com/developers/events/webhook-events",
            handshake: .discord
        ),
        EventLocations(
            eventType: [
                [.json("event.type")], [.literal("interaction"), .json("data.name")],
                [.literal("interaction"), .json("data.custom_id")],
            ],
            orderingKey: [[.literal("user"), .json("event.data.user.id")]],
            time: [.json("event.timestamp")]
        ),
        types: ["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE"]
    ) { eventType, values in
        SampleDelivery(
            eventType: eventType,
            id: "",
            body: """
                {"version":1,"application_id":"\(values.snowflake())","type":1,\
                "event":{"type":\(JSONString.quoted(eventType)),"timestamp":"\(values.timestamp())",\
                "data":{"user":{"id":"\(values.snowflake())","username":"ada"},"number":\(values.index)}}}
                """
        )
    }

    /// Twilio signs the URL that it was given and the sorted fields of the form; a body of JSON has its digest in the
    /// URL.
    ///
    /// Set the endpoint's `url` where a proxy changes host or path.
    ///
    /// `I-Twilio-Idempotency-Token` is the same on every retry; it is not signed.
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
        types: ["message.delivered", "call.completed"]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let id = values.uuid()
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
                \(kind)Sid=\(values.token("SM", 32))&\(kind)Status=\(status)&From=%2B15017122661&To=%2B15558675310\
                &AccountSid=\(values.token("AC", 32))&Number=\(values.index)
                """
        )
    }

    /// Zoom.
    ///
    /// <https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events>
    static let zoom = preset(
        SourceDefinition(
            source: .zoom,
            summary: "Zoom: meetings, recordings, users",
            scheme: .row(.versioned("x-zm-signature", time: "x-zm-request-timestamp")),
            sensitivePaths: ["payload.object.participant.email", "payload.object.host_email", "download_token"],
            documentation: "https://developers.zoom.us/docs/api/webhooks/",
            handshake: .zoom
        ),
        EventLocations(
            eventType: [[.member("event")]],
            orderingKey: [[.literal("object"), .json("payload.object.uuid")]],
            time: [.member("event_ts")]
        ),
        types: ["meeting.started", "meeting.ended", "recording.completed"]
    ) { eventType, values in
        SampleDelivery(
            eventType: eventType,
            id: "",
            body: """
                {"event":\(JSONString.quoted(eventType)),"event_ts":\(values.unixSeconds)000,\
                "payload":{"account_id":"\(values.token("", 22))","object":{"uuid":"\(values.uuid())",\
                "id":"\(values.number(1_000_000...900_000_000))","topic":"number \(values.index)"}}}
                """
        )
    }

    /// Intercom signs with SHA-1, and looks by a HEAD request whether the URL exists.
    ///
    /// <https://developers.intercom.com/docs/webhooks/webhook-notifications>
    static let intercom = preset(
        SourceDefinition(
            source: .intercom,
            summary: "Intercom: conversations, contacts, tickets",
            scheme: .row(SignatureScheme(.header("X-Hub-Signature"), .plain(prefix: "sha1="), .hexadecimal, .hmacSHA1)),
            documentation: "https://developers.intercom.com/docs/webhooks/webhook-notifications",
            handshake: .head
        ),
        EventLocations(
            eventType: [[.member("topic")]],
            idempotencyKey: [[.member("id")]],
            orderingKey: [[.json("data.item.type"), .json("data.item.id")]],
            time: [.member("created_at")]
        ),
        types: ["conversation.user.created", "contact.created", "ticket.closed"]
    ) { eventType, values in
        let id = "notif_\(values.uuid())"
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"type":"notification_event","app_id":"a1b2c3","topic":\(JSONString.quoted(eventType)),"id":"\(id)",\
                "created_at":\(values.unixSeconds),"delivery_attempts":1,\
                "data":{"type":"notification_event_data","item":{"type":"conversation","id":"\(values.index)"}}}
                """
        )
    }

    /// Meta: WhatsApp, Messenger, Instagram and pages.
    ///
    /// The object and the field that changed make the type: `whatsapp_business_account.messages`. A delivery may hold
    /// several entries, of which the first counts.
    ///
    /// Deliveries carry no id, so that the body's digest is the key. The endpoint's `handshake-tokens` are the verify tokens.
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
    static let meta = preset(
        SourceDefinition(
            source: .meta,
            summary: "Meta: WhatsApp, Messenger, Instagram and pages",
            scheme: .row(.githubStyle("X-Hub-Signature-256")),
            sensitivePaths: [
                "entry[].changes[].value.messages[].text", "entry[].changes[].value.contacts[]",
                "entry[].messaging[].message",
            ],
            documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
            handshake: .meta
        ),
        EventLocations(
            eventType: [[.member("object"), .json("entry[0].changes[0].field")]],
            orderingKey: [[.member("object"), .json("entry[0].id")]],
            time: [.json("entry[0].time"), .json("entry[0].changes[0].value.messages[0].timestamp")]
        ),
        types: ["whatsapp_business_account.messages", "page.feed", "instagram.comments"]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let changes = parts.count > 1 ? ",\"changes\":[{\"field\":\(JSONString.quoted(parts[1])),\"value\":{}}]" : ""
        return SampleDelivery(
            eventType: eventType,
            id: "",
            body: """
                {"object":\(JSONString.quoted(parts.first ?? "")),"entry":[{"id":"\(values.snowflake())",\
                "time":\(values.unixSeconds)\(changes)}]}
                """
        )
    }
}
