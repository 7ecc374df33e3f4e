import PostroomCore

extension Presets {
    /// Svix, which sends for many producers, under its own header names or those of Standard Webhooks.
    ///
    /// <https://docs.svix.com/receiving/verifying-payloads/how-manual>
    static let svix = standard(
        .svix,
        "any producer that sends through Svix",
        "https://docs.svix.com/receiving/verifying-payloads/how-manual",
        time: [.member("timestamp"), .member("created_at")],
        types: ["invoice.paid", "user.created"]
    )

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
            "event_attributes",
        ],
        types: ["user.created", "session.ended", "organization.updated"]
    )

    /// Resend, through Svix.
    ///
    /// <https://resend.com/docs/webhooks/verify-webhooks-requests>
    static let resend = standard(
        .resend,
        "Resend: what became of e-mails",
        "https://resend.com/docs/webhooks/verify-webhooks-requests",
        orderingKey: [[.literal("email"), .json("data.email_id")]],
        time: [.member("created_at")],
        sensitivePaths: ["data.to[]", "data.from", "data.subject", "data.email", "data.click.ipAddress"],
        types: ["email.delivered", "email.bounced", "contact.created"]
    )

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
        types: ["response.completed", "batch.failed", "fine_tuning.job.succeeded"]
    )

    private static func standard(
        _ source: Source,
        _ summary: String,
        _ documentation: String,
        isSvix: Bool = true,
        orderingKey: [[ValueLocation]] = [],
        time: [ValueLocation],
        sensitivePaths: [String] = [],
        types: [String]
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
                    "timestamp":\(values.unixSeconds)000,"data":{"id":"\(values.token("obj_", 20))","object":"thing",\
                    "email_id":"\(values.uuid())","number":\(values.index)}}
                    """
            )
        }
    }
}
