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
            sensitivePaths: [
                "event.text", "event.blocks[]", "event.attachments[]", "event.files[]", "event.message",
                "event.previous_message", "event.user.name", "event.user.real_name", "event.user.profile", "token",
                "response_url",
            ],
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
        types: ["message", "app_mention", "reaction_added", "user_change"]
    ) { eventType, values in
        let id = values.token("Ev", 10)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"token":"\(values.token("for Ada", 24))","team_id":"T061EG9R6","api_app_id":"A0PNCHHK2",\
                "event":{"type":\(JSONString.quoted(eventType)),\(slackEvent(eventType, values)),\
                "ts":"\(values.unixSeconds).000200"},"type":"event_callback","number":\(values.index),\
                "response_url":"https://hooks.slack.com/for/Ada","event_id":"\(id)","event_time":\(values.unixSeconds)}
                """
        )
    }

    /// Members of an event of Slack; every second message is one that was edited.
    private static func slackEvent(_ eventType: String, _ values: SampleValues) -> String {
        let said = #""text":"\#(SamplePerson.text)","blocks":[{"type":"section","text":"\#(SamplePerson.text)"}]"#
        switch eventType {
        case "reaction_added": return #""user":"U061F7AUR","reaction":"wave","item":{"channel":"C0LAN2Q65"}"#
        case "user_change":
            return """
                "user":{"id":"U061F7AUR","name":"\(SamplePerson.login)","real_name":"\(SamplePerson.name)",\
                "profile":{\(SamplePerson.contact)}}
                """
        case "message" where !values.index.isMultiple(of: 2):
            return """
                "subtype":"message_changed","channel":"C0LAN2Q65","message":{"user":"U061F7AUR",\(said)},\
                "previous_message":{"user":"U061F7AUR",\(said)}
                """
        default:
            return """
                "user":"U061F7AUR","channel":"C0LAN2Q65",\(said),"files":[{"id":"F1","title":"Ada's notes"}],\
                "attachments":[{"fallback":"\(SamplePerson.text)"}]
                """
        }
    }

    /// Discord's webhook events, and interactions by their number, which Discord wants answered in three seconds by a
    /// program of one's own: point those elsewhere.
    ///
    /// The secret is the application's public key.
    ///
    /// Webhook events carry no id, so that the body's digest is their key; its time is the event's, the same on every
    /// attempt. Its documentation prints no signed example.
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
            sensitivePaths: [
                "event.data.user.email", "event.data.user.username", "event.data.user.global_name", "event.data.author",
                "event.data.content", "member", "user", "message", "data.options[]", "token",
            ],
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
        types: ["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE", "LOBBY_MESSAGE_CREATE", "interaction.deploy"]
    ) { eventType, values in
        let interaction = eventType.hasPrefix("interaction.") ? String(eventType.dropFirst("interaction.".count)) : nil
        let user = """
            {"id":"\(values.snowflake())","username":"\(SamplePerson.login)","global_name":"\(SamplePerson.name)",\
            "email":"\(SamplePerson.email)"}
            """
        let happened =
            interaction.map { name in
                """
                "type":2,"token":"for Ada","member":{"user":\(user)},"user":\(user),\
                "message":{"content":"\(SamplePerson.text)"},"data":{"name":\(JSONString.quoted(name)),\
                "options":[{"name":"to","value":"\(SamplePerson.name)"}],"number":\(values.index)}
                """
            }
                ?? """
                "type":1,"event":{"type":\(JSONString.quoted(eventType)),"timestamp":"\(values.timestamp())",\
                "data":\(discordData(eventType, user, values))}
                """
        return SampleDelivery(
            eventType: eventType,
            id: "",
            body: #"{"version":1,"application_id":"\#(values.snowflake())",\#(happened)}"#
        )
    }

    /// The data of a webhook event of Discord.
    private static func discordData(_ eventType: String, _ user: String, _ values: SampleValues) -> String {
        switch eventType {
        case "LOBBY_MESSAGE_CREATE":
            """
            {"id":"\(values.index)","lobby_id":"1","author":\(user),"content":"\(SamplePerson.text)"}
            """
        case "ENTITLEMENT_CREATE":
            #"{"id":"\#(values.index)","sku_id":"1019475255913222144","user_id":"771129655544643584"}"#
        default: #"{"integration_type":1,"user":\#(user),"number":\#(values.index)}"#
        }
    }

    /// Intercom signs with SHA-1, and looks by a HEAD request whether the URL exists.
    ///
    /// The number of attempts and their times stand in the body. Its documentation prints a signature, but not the secret
    /// that made it.
    ///
    /// <https://developers.intercom.com/docs/webhooks/webhook-notifications>
    static let intercom = preset(
        SourceDefinition(
            source: .intercom,
            summary: "Intercom: conversations, contacts, tickets",
            scheme: .row(SignatureScheme(.header("X-Hub-Signature"), .plain(prefix: "sha1="), .hexadecimal, .hmacSHA1)),
            sensitivePaths: [
                "data.item.name", "data.item.email", "data.item.phone", "data.item.location",
                "data.item.custom_attributes", "data.item.user", "data.item.source", "data.item.conversation_parts",
                "data.item.ticket_attributes", "data.item.ticket_parts",
            ],
            documentation: "https://developers.intercom.com/docs/webhooks/webhook-notifications",
            handshake: .head
        ),
        EventLocations(
            eventType: [[.member("topic")]],
            idempotencyKey: [[.member("id")]],
            unstablePaths: ["delivery_attempts", "delivered_at", "first_sent_at", "delivery_status"],
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
                "data":{"type":"notification_event_data",\
                "item":{"id":"\(values.index)",\(intercomItem(eventType))}}}
                """
        )
    }

    /// Members of the object that an event of Intercom is about.
    private static func intercomItem(_ topic: String) -> String {
        let author = "{\"type\":\"user\",\(SamplePerson.contact)}"
        let part = "{\"type\":\"list\",\"parts\":[{\"author\":\(author),\"body\":\"\(SamplePerson.text)\"}]}"
        switch topic.prefix(while: { $0 != "." }) {
        case "contact":
            return """
                "type":"contact",\(SamplePerson.contact),"phone":"\(SamplePerson.phone)",\
                "location":{"city":"Adaville"},"custom_attributes":{"pen name":"\(SamplePerson.login)"}
                """
        case "ticket":
            return #""type":"ticket","ticket_attributes":{"title":"\#(SamplePerson.text)"},"ticket_parts":\#(part)"#
        default:
            return """
                "type":"conversation","user":\(author),"conversation_parts":\(part),\
                "source":{"author":\(author),"body":"\(SamplePerson.text)"}
                """
        }
    }

    /// Meta: WhatsApp, Messenger, Instagram and pages.
    ///
    /// The object and the field that changed make the type: `whatsapp_business_account.messages`. A delivery may hold
    /// several entries, of which the first counts.
    ///
    /// Deliveries carry no id, so that the body's digest is the key: a message's own id is no key, because a delivery may
    /// hold several. `entry[].time` stays in it, for it may be all that tells two changes apart; where Meta makes a
    /// notification anew, a handler has to tell by the id of the message. Its documentation prints no signed example. The
    /// endpoint's `handshake-tokens` are the verify tokens.
    ///
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
    static let meta = preset(
        SourceDefinition(
            source: .meta,
            summary: "Meta: WhatsApp, Messenger, Instagram and pages",
            scheme: .row(.githubStyle("X-Hub-Signature-256")),
            sensitivePaths: metaPaths,
            documentation: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
            handshake: .meta
        ),
        EventLocations(
            eventType: [[.member("object"), .json("entry[0].changes[0].field")]],
            orderingKey: [[.member("object"), .json("entry[0].id")]],
            time: [.json("entry[0].time"), .json("entry[0].changes[0].value.messages[0].timestamp")]
        ),
        types: [
            "whatsapp_business_account.messages", "whatsapp_business_account.statuses", "page.feed",
            "instagram.comments", "page",
        ]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let sent = #""sender":{"id":"1"},"recipient":{"id":"2"},"timestamp":\#(values.unixSeconds)000"#
        let what =
            parts.count > 1
            ? #""changes":[{"field":\#(JSONString.quoted(parts[1])),"value":\#(metaValue(parts[1], values))}]"#
            : """
            "messaging":[{\(sent),"message":{"mid":"m_\(values.index)","text":"\(SamplePerson.text)"}},\
            {\(sent),"postback":{"title":"Call Ada","payload":"\(SamplePerson.phone)"}}]
            """
        return SampleDelivery(
            eventType: eventType,
            id: "",
            body: """
                {"object":\(JSONString.quoted(parts.first ?? "")),"entry":[{"id":"\(values.snowflake())",\
                "time":\(values.unixSeconds),\(what)}]}
                """
        )
    }

    /// The places of people's data: of WhatsApp what was said by whom, of Messenger what was said, of pages both.
    private static let metaPaths: [String] = {
        let said = [
            "from", "text", "image", "video", "audio", "document", "location", "contacts", "button", "interactive",
            "context",
        ]
        return said.map { "entry[].changes[].value.messages[].\($0)" } + [
            "entry[].changes[].value.contacts[]", "entry[].changes[].value.statuses[].recipient_id",
            "entry[].changes[].value.from", "entry[].changes[].value.message", "entry[].changes[].value.text",
            "entry[].messaging[].message", "entry[].messaging[].postback",
        ]
    }()

    /// The value of a change of Meta.
    private static func metaValue(_ field: String, _ values: SampleValues) -> String {
        switch field {
        case "messages":
            let media = ["image", "video", "audio", "document"]
                .map { #""\#($0)":{"id":"1","caption":"\#(SamplePerson.text)"}"# }.joined(separator: ",")
            return """
                {"contacts":[{"profile":{\(SamplePerson.contact)},"wa_id":"\(SamplePerson.phone)"}],\
                "messages":[{"id":"wamid.\(values.index)","from":"\(SamplePerson.phone)",\
                "timestamp":"\(values.unixSeconds)","type":"text","text":{"body":"\(SamplePerson.text)"},\(media),\
                "location":{"address":"12 Ada Street"},"contacts":[{\(SamplePerson.contact)}],\
                "button":{"text":"Call Ada"},"interactive":{"title":"Call Ada"},\
                "context":{"from":"\(SamplePerson.phone)"}}]}
                """
        case "statuses":
            return """
                {"statuses":[{"id":"wamid.\(values.index)","status":"read","recipient_id":"\(SamplePerson.phone)",\
                "timestamp":"\(values.unixSeconds)"}]}
                """
        default:
            return """
                {"id":"\(values.index)","from":{\(SamplePerson.contact)},"message":"\(SamplePerson.text)",\
                "text":"\(SamplePerson.text)"}
                """
        }
    }
}
