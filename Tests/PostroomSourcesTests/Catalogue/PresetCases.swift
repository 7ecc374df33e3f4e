import PostroomCore

@testable import PostroomSources

extension PresetTests {
    private static let form: [(name: String, value: String)] = [
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
    ]

    /// Bodies of GitHub, GitLab and Linear.
    static let codeCases: [Case] = [
        Case(
            source: .github,
            headers: [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "72d3162e")],
            body:
                #"{"ref":"refs/heads/main","repository":{"id":1296269},"head_commit":{"timestamp":"2026-05-28T20:26:40+00:00"}}"#,
            type: "push",
            key: "72d3162e",
            orderingKey: "repository:1296269",
            time: 1_780_000_000
        ),
        Case(source: .github, body: #"{"action":"opened"}"#, type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .gitlab,
            headers: [("Idempotency-Key", "f5e5f430")],
            body:
                #"{"object_kind":"merge_request","object_attributes":{"id":93,"action":"merge","updated_at":"2026-05-28 20:26:40 UTC"}}"#,
            type: "merge_request.merge",
            key: "f5e5f430",
            orderingKey: "merge_request:93",
            time: nil
        ),
        Case(
            source: .linear,
            headers: [("Linear-Delivery", "234d1a4e-b617-4388-90fe-adc3633d6b72"), ("Linear-Event", "Issue")],
            body: """
                {"action":"create","actor":{"id":"b5ea5f1f-8adc-4f52-b4bd-ab4e84cf51ba","type":"user"},\
                "createdAt":"2026-05-28T20:26:40.000Z","data":{"id":"539068e2-ae88-4d09-bd75-22eb4a59612f",\
                "title":"Fix it","teamId":"72b2a2dc-6f4f-4423-9d34-24b5bd10634a"},"type":"Issue",\
                "organizationId":"23c49b9d-7c31-4d6a-a4e1-0b2e2a1f1e3c","webhookTimestamp":1780000001000}
                """,
            type: "Issue.create",
            key: "234d1a4e-b617-4388-90fe-adc3633d6b72",
            orderingKey: "Issue:539068e2-ae88-4d09-bd75-22eb4a59612f",
            time: 1_780_000_000
        ),
    ]

    /// Bodies of Stripe, Paddle, Square, Shopify and HubSpot.
    static let commerceCases: [Case] = [
        Case(
            source: .stripe,
            body:
                #"{"id":"evt_1","created":1780000000,"type":"charge.refunded","data":{"object":{"id":"ch_1","object":"charge"}}}"#,
            type: "charge.refunded",
            key: "evt_1",
            orderingKey: "charge:ch_1",
            time: 1_780_000_000
        ),
        Case(
            source: .shopify,
            headers: [
                ("X-Shopify-Topic", "orders/create"), ("X-Shopify-Event-Id", "98880550"),
                ("X-Shopify-Webhook-Id", "b54557e4"),
                ("X-Shopify-Triggered-At", "2026-05-28T20:26:40.000000000Z"),
            ],
            body: #"{"id":820982911946154508}"#,
            type: "orders/create",
            key: "orders/create:98880550",
            orderingKey: "object:820982911946154508",
            time: 1_780_000_000
        ),
        Case(
            source: .hubspot,
            body:
                #"[{"eventId":1,"subscriptionType":"contact.creation","objectId":123,"occurredAt":1780000000000},{"eventId":2}]"#,
            type: "contact.creation",
            key: nil,
            orderingKey: "object:123",
            time: 1_780_000_000
        ),
        Case(source: .hubspot, body: "[]", type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .paddle,
            body: """
                {"data":{"id":"sub_01hv8x29kz0t586xy6zn1a62ny","status":"active","customer_id":"ctm_01hv6y1jedq4p1n0"},\
                "event_id":"evt_01hv8x2axpqjsnyg5z3t8v4s5h","event_type":"subscription.created",\
                "occurred_at":"2026-05-28T20:26:40.000000Z","notification_id":"ntf_01hv8x2azq9b6s4t8"}
                """,
            type: "subscription.created",
            key: "evt_01hv8x2axpqjsnyg5z3t8v4s5h",
            orderingKey: "entity:sub_01hv8x29kz0t586xy6zn1a62ny",
            time: 1_780_000_000
        ),
        Case(
            source: .square,
            body: """
                {"merchant_id":"6SSW7HV8K2ST5","type":"payment.created","event_id":"13b867cf-db3d-4b1c-90b6-2f32a9d78124",\
                "created_at":"2026-05-28T20:26:40.000Z","data":{"type":"payment","id":"KkAkhdMsgzn59SM8A89WgKwekxLZY",\
                "object":{"payment":{"id":"hYy9pRFVxpDsO1FB05SunFWUe9JZY","status":"APPROVED","version":1}}}}
                """,
            type: "payment.created",
            key: "13b867cf-db3d-4b1c-90b6-2f32a9d78124",
            orderingKey: "payment:KkAkhdMsgzn59SM8A89WgKwekxLZY",
            time: 1_780_000_000
        ),
    ]

    /// Bodies of those who send through Svix or by Standard Webhooks, and of Mailgun.
    static let mailCases: [Case] = [
        Case(
            source: .svix,
            headers: [("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")],
            body: #"{"type":"invoice.paid","timestamp":"2026-05-28T20:26:40Z","data":{"id":"in_1"}}"#,
            type: "invoice.paid",
            key: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            orderingKey: nil,
            time: 1_780_000_000
        ),
        Case(
            source: .svix,
            headers: [("webhook-id", "msg_2")],
            body: #"{"type":"invoice.paid","created_at":1780000000,"data":{"id":"in_1"}}"#,
            type: "invoice.paid",
            key: "msg_2",
            orderingKey: nil,
            time: 1_780_000_000
        ),
        Case(
            source: .clerk,
            headers: [("svix-id", "msg_2g5Zb7n8NQiLWZ4y6DmEwWBbGMv")],
            body: """
                {"data":{"birthday":"","created_at":1654012591514,"first_name":"Example","id":"user_29w83sxmDNGwOuEthce5",\
                "object":"user","username":null},"event_attributes":{"http_request":{"client_ip":"192.0.2.1"}},\
                "instance_id":"ins_123","object":"event","timestamp":1780000000000,"type":"user.created"}
                """,
            type: "user.created",
            key: "msg_2g5Zb7n8NQiLWZ4y6DmEwWBbGMv",
            orderingKey: "user:user_29w83sxmDNGwOuEthce5",
            time: 1_780_000_000
        ),
        Case(
            source: .resend,
            headers: [("svix-id", "msg_2Lml3gmVZ3VlZyF9jvhgBwBRPQ1")],
            body: """
                {"type":"email.bounced","created_at":"2026-05-28T20:26:40.000Z",\
                "data":{"email_id":"56761188-7520-42d8-8898-ff6fc54ce618","from":"Acme <onboarding@resend.dev>",\
                "to":["delivered@resend.dev"],"subject":"Sending this example"}}
                """,
            type: "email.bounced",
            key: "msg_2Lml3gmVZ3VlZyF9jvhgBwBRPQ1",
            orderingKey: "email:56761188-7520-42d8-8898-ff6fc54ce618",
            time: 1_780_000_000
        ),
        Case(
            source: .openAI,
            headers: [("webhook-id", "wh_685342e6c53c8190a1be43f081506c52")],
            body: """
                {"id":"evt_685343a1381c819085d44c354e1b330e","object":"event","created_at":1780000000,\
                "type":"response.completed","data":{"id":"resp_abc123"}}
                """,
            type: "response.completed",
            key: "wh_685342e6c53c8190a1be43f081506c52",
            orderingKey: "object:resp_abc123",
            time: 1_780_000_000
        ),
        Case(
            source: .mailgun,
            body: """
                {"signature":{"token":"a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0","timestamp":"1780000001",\
                "signature":"d2271d12299f6592d9d44cd9d250f0704e4674c30d79d07c47a66f95ce71cf55"},\
                "event-data":{"event":"opened","timestamp":1780000000.0,"id":"DACSsAdVSeGpLid7TN03WA",\
                "message":{"headers":{"message-id":"20130503182626.18666.16540@example.com"}}}}
                """,
            type: "opened",
            key: "DACSsAdVSeGpLid7TN03WA",
            orderingKey: "message:20130503182626.18666.16540@example.com",
            time: 1_780_000_000
        ),
    ]

    /// Bodies of those who carry messages and calls.
    static let messageCases: [Case] = [
        Case(
            source: .slack,
            headers: form,
            body: "command=%2Fdeploy&trigger_id=13345224609.738474920.8088930838d88f008e0",
            type: "/deploy",
            key: "13345224609.738474920.8088930838d88f008e0",
            orderingKey: nil,
            time: nil
        ),
        Case(
            source: .slack,
            headers: form,
            body: "payload=%7B%22type%22%3A%22block_actions%22%7D",
            type: "block_actions",
            key: nil,
            orderingKey: nil,
            time: nil
        ),
        Case(
            source: .twilio,
            headers: [form[0], ("I-Twilio-Idempotency-Token", "t1")],
            body: "CallSid=CA1&CallStatus=no-answer",
            type: "call.no-answer",
            key: "t1",
            orderingKey: "call:CA1",
            time: nil
        ),
        Case(source: .twilio, headers: form, body: "Digits=1", type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .discord,
            body: #"{"type":2,"token":"t","data":{"name":"ping"}}"#,
            type: "interaction.ping",
            key: nil,
            orderingKey: nil,
            time: nil
        ),
        Case(source: .discord, body: #"{"type":1}"#, type: nil, key: nil, orderingKey: nil, time: nil),
        Case(
            source: .meta,
            body: #"{"object":"page","entry":[{"id":"1","time":1780000000,"messaging":[]}]}"#,
            type: "page",
            key: nil,
            orderingKey: "page:1",
            time: 1_780_000_000
        ),
        Case(
            source: .cloudEvents,
            headers: [
                ("ce-type", "com.example.paid"), ("ce-source", "/pay"), ("ce-id", "7"),
                ("ce-time", "2026-05-28T20:26:40Z"),
            ],
            body: "any",
            type: "com.example.paid",
            key: "/pay:7",
            orderingKey: nil,
            time: 1_780_000_000
        ),
        Case(
            source: .zoom,
            body: """
                {"event":"meeting.started","event_ts":1780000000000,"payload":{"account_id":"AAAAAABBBB",\
                "object":{"id":"1234567890","uuid":"4444AAAiAAAAAiAiAiiAii==","host_id":"x1yCzABCDEfg23HiJKl4mN",\
                "topic":"My Meeting","type":8,"start_time":"2026-05-28T20:26:40Z","duration":60}}}
                """,
            type: "meeting.started",
            key: nil,
            orderingKey: "object:4444AAAiAAAAAiAiAiiAii==",
            time: 1_780_000_000
        ),
        Case(
            source: .intercom,
            body: """
                {"type":"notification_event","app_id":"a86dr8yl","id":"notif_78c122d0-23ba-11e4-9464-79b01267cc2e",\
                "topic":"conversation.user.created","created_at":1780000000,"delivery_attempts":1,\
                "data":{"type":"notification_event_data","item":{"type":"conversation","id":"147"}}}
                """,
            type: "conversation.user.created",
            key: "notif_78c122d0-23ba-11e4-9464-79b01267cc2e",
            orderingKey: "conversation:147",
            time: 1_780_000_000
        ),
    ]
}
