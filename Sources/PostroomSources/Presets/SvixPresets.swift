import PostroomCore

extension Presets {
    /// Svix, which sends for many producers, under its own header names or those of Standard Webhooks.
    ///
    /// Their bodies are of any shape: what people's data is usually called is hidden.
    ///
    /// <https://docs.svix.com/receiving/verifying-payloads/how-manual>
    static let svix = standard(
        .svix,
        "any producer that sends through Svix",
        "https://docs.svix.com/receiving/verifying-payloads/how-manual",
        time: [.member("timestamp"), .member("created_at")],
        sensitivePaths: [
            "data.email", "data.phone", "data.phone_number", "data.name", "data.first_name", "data.last_name",
            "data.address", "data.ip_address",
        ],
        types: ["invoice.paid", "user.created"]
    ) { _, _ in
        """
        "email":"\(SamplePerson.email)","phone":"\(SamplePerson.phone)","phone_number":"\(SamplePerson.phone)",\
        "name":"\(SamplePerson.name)","first_name":"Ada","last_name":"Ada Lovelace","address":\(SamplePerson.place),\
        "ip_address":"\(SamplePerson.address)"
        """
    }

    /// Clerk, through Svix.
    ///
    /// <https://clerk.com/docs/webhooks/overview>
    static let clerk = standard(
        .clerk,
        "Clerk: users, sessions, organizations",
        "https://clerk.com/docs/webhooks/overview",
        orderingKey: [[.json("data.object"), .json("data.id")]],
        time: [.member("timestamp")],
        sensitivePaths: [
            "data.email_addresses[]", "data.phone_numbers[]", "data.external_accounts[]", "data.private_metadata",
            "data.unsafe_metadata", "data.first_name", "data.last_name", "data.username", "data.image_url",
            "data.email_address", "data.public_user_data", "data.to_email_address", "data.to_phone_number",
            "data.subject", "data.body", "data.body_plain", "data.message", "data.data", "event_attributes",
        ],
        types: [
            "user.created", "session.ended", "organization.updated", "organizationInvitation.created",
            "organizationMembership.created", "email.created", "sms.created",
        ],
        others: #""event_attributes":{"http_request":{"client_ip":"\#(SamplePerson.address)"}},"#,
        members: clerkMembers
    )

    /// Members of an event's data of Clerk.
    private static func clerkMembers(_ eventType: String, _ values: inout SampleValues) -> String {
        switch eventType {
        case "user.created":
            """
            "first_name":"Ada","last_name":"Ada Lovelace","username":"\(SamplePerson.login)",\
            "image_url":"https://img.example.com/\(SamplePerson.login)",\
            "email_addresses":[{"email_address":"\(SamplePerson.email)"}],\
            "phone_numbers":[{"phone_number":"\(SamplePerson.phone)"}],"external_accounts":[{\(SamplePerson.contact)}],\
            "private_metadata":{"note":"\(SamplePerson.text)"},"unsafe_metadata":{"note":"\(SamplePerson.text)"}
            """
        case "organizationInvitation.created": "\"email_address\":\"\(SamplePerson.email)\",\"role\":\"admin\""
        case "organizationMembership.created": "\"role\":\"admin\",\"public_user_data\":{\(SamplePerson.contact)}"
        case "email.created":
            """
            "to_email_address":"\(SamplePerson.email)","subject":"\(SamplePerson.text)",\
            "body":"<p>\(SamplePerson.text)</p>","body_plain":"\(SamplePerson.text)",\
            "data":{"otp_code":"for Ada: 424242"}
            """
        case "sms.created": "\"to_phone_number\":\"\(SamplePerson.phone)\",\"message\":\"\(SamplePerson.text)\""
        default: "\"status\":\"active\""
        }
    }

    /// Resend, through Svix.
    ///
    /// <https://resend.com/docs/webhooks/verify-webhooks-requests>
    static let resend = standard(
        .resend,
        "Resend: what became of e-mails",
        "https://resend.com/docs/webhooks/verify-webhooks-requests",
        orderingKey: [[.literal("email"), .json("data.email_id")]],
        time: [.member("created_at")],
        sensitivePaths: [
            "data.to[]", "data.cc[]", "data.bcc[]", "data.from", "data.subject", "data.email", "data.first_name",
            "data.last_name", "data.headers[]", "data.click.ipAddress", "data.click.userAgent",
        ],
        types: ["email.delivered", "email.bounced", "email.clicked", "contact.created"]
    ) { eventType, _ in
        guard eventType != "contact.created" else {
            return "\"email\":\"\(SamplePerson.email)\",\"first_name\":\"Ada\",\"last_name\":\"Ada Lovelace\""
        }
        let click = """
            ,"click":{"ipAddress":"\(SamplePerson.address)","userAgent":"Ada's reader","link":"https://example.com"}
            """
        return """
            "to":["\(SamplePerson.email)"],"cc":["\(SamplePerson.email)"],"bcc":["\(SamplePerson.email)"],\
            "from":"\(SamplePerson.name) <\(SamplePerson.email)>","subject":"\(SamplePerson.text)",\
            "headers":[{"name":"Reply-To","value":"\(SamplePerson.email)"}]\(eventType == "email.clicked" ? click : "")
            """
    }

    /// OpenAI, by Standard Webhooks.
    ///
    /// <https://platform.openai.com/docs/guides/webhooks>
    static let openAI = standard(
        .openAI,
        "OpenAI: ends of responses, batches, jobs",
        "https://platform.openai.com/docs/guides/webhooks",
        isSvix: false,
        orderingKey: [[.literal("object"), .json("data.id")]],
        time: [.member("created_at")],
        sensitivePaths: ["data.sip_headers[]"],
        types: ["realtime.call.incoming", "response.completed", "batch.failed", "fine_tuning.job.succeeded"]
    ) { eventType, _ in
        eventType == "realtime.call.incoming"
            ? "\"sip_headers\":[{\"name\":\"From\",\"value\":\"sip:\(SamplePerson.phone)@example.com\"}]"
            : "\"status\":\"ended\""
    }

    /// Puts a preset together whose requests are signed by Standard Webhooks.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - summary: A description in one line.
    ///   - documentation: The page of the producer's documentation.
    ///   - isSvix: True where the producer sends through Svix, under its header names too.
    ///   - orderingKey: The places of kind and id of the object.
    ///   - time: The places of the time.
    ///   - sensitivePaths: The places of values that must not be shown.
    ///   - types: A few of the producer's event types.
    ///   - others: Members beside the data of a sample, each with a comma after it.
    ///   - members: Makes the members of a sample's data.
    /// - Returns: The preset.
    private static func standard(
        _ source: Source,
        _ summary: String,
        _ documentation: String,
        isSvix: Bool = true,
        orderingKey: [[ValueLocation]] = [],
        time: [ValueLocation],
        sensitivePaths: [String],
        types: [String],
        others: String = "",
        members: @escaping @Sendable (_ eventType: String, _ values: inout SampleValues) -> String
    ) -> SourceModel {
        let ids: [[ValueLocation]] = [[.header("svix-id")], [.header("webhook-id")]]
        return preset(
            SourceDefinition(
                source: source,
                summary: summary,
                scheme: .standardWebhooks,
                signatureHeader: isSvix ? StandardWebhooks.HeaderNames.svix.signature : nil,
                tolerance: .within(.seconds(300)),
                sensitivePaths: sensitivePaths,
                documentation: documentation
            ),
            EventLocations(
                eventType: [[.member("type")]],
                idempotencyKey: isSvix ? ids : [[.header("webhook-id")]],
                orderingKey: orderingKey,
                time: time
            ),
            types: types
        ) { eventType, values in
            let id = values.token("msg_", 27)
            return SampleDelivery(
                eventType: eventType,
                id: id,
                body: """
                    {"type":\(JSONString.quoted(eventType)),"object":"event","created_at":"\(values.timestamp())",\
                    "timestamp":\(values.unixSeconds)000,\(others)"data":{"id":"\(values.token("obj_", 20))",\
                    "object":"thing","email_id":"\(values.uuid())",\(members(eventType, &values)),\
                    "number":\(values.index)}}
                    """
            )
        }
    }
}
