import PostroomCore

extension Presets {
    /// Stripe signs `{time}.{body}` with the whole secret, `whsec_` included, and sends a signature of each secret
    /// while one is being rolled.
    ///
    /// Signatures of schemes other than `v1` are ignored.
    ///
    /// <https://docs.stripe.com/webhooks/signature#verify-manually>
    static let stripe = preset(
        SourceDefinition(
            source: .stripe,
            summary: "Stripe: payments, invoices, subscriptions",
            scheme: .row(
                SignatureScheme(
                    .header("Stripe-Signature"),
                    .parameters(name: "v1", separator: ","),
                    signed: [.timestamp, .literal("."), .body],
                    time: .init(.parameter("t"), tolerance: .within(.seconds(300)))
                )
            ),
            sensitivePaths: [
                "data.object.billing_details", "data.object.shipping", "data.object.receipt_email",
                "data.object.customer_email", "data.object.customer_details", "data.object.payment_method_details.card",
            ],
            documentation: "https://docs.stripe.com/webhooks/signature"
        ),
        EventLocations(
            eventType: [[.member("type")]],
            idempotencyKey: [[.member("id")]],
            orderingKey: [[.json("data.object.object"), .json("data.object.id")]],
            time: [.member("created")]
        ),
        types: ["invoice.paid", "customer.subscription.updated", "charge.refunded", "checkout.session.completed"]
    ) { eventType, values in
        let id = values.token("evt_", 24)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"id":"\(id)","object":"event","api_version":"2025-03-31.basil","created":\(values.unixSeconds),\
                "data":{"object":{"id":"\(values.token("in_", 24))","object":"invoice",\
                "amount_paid":\(values.number(100...99_999)),"currency":"eur","customer":"\(values.token("cus_", 14))",\
                "customer_email":"ada@example.com"}},"livemode":false,"pending_webhooks":1,\
                "type":\(JSONString.quoted(eventType))}
                """
        )
    }

    /// Paddle signs `{time}:{body}`, and sends a signature of each secret while one is being rotated.
    ///
    /// Its own libraries allow five seconds, which a queue on the way can exceed: an endpoint may take the same by
    /// `tolerance`.
    ///
    /// <https://developer.paddle.com/webhooks/about/signature-verification>
    static let paddle = preset(
        SourceDefinition(
            source: .paddle,
            summary: "Paddle Billing: transactions and subscriptions",
            scheme: .row(
                SignatureScheme(
                    .header("Paddle-Signature"),
                    .parameters(name: "h1", separator: ";"),
                    signed: [.timestamp, .literal(":"), .body],
                    time: .init(.parameter("ts"), tolerance: .within(.seconds(300)))
                )
            ),
            sensitivePaths: ["data.email", "data.address"],
            documentation: "https://developer.paddle.com/webhooks/about/signature-verification"
        ),
        EventLocations(
            eventType: [[.member("event_type")]],
            idempotencyKey: [[.member("event_id")]],
            orderingKey: [[.literal("entity"), .json("data.id")]],
            time: [.member("occurred_at")]
        ),
        types: ["transaction.completed", "subscription.updated", "customer.created"]
    ) { eventType, values in
        let id = values.token("evt_", 26)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"event_id":"\(id)","event_type":\(JSONString.quoted(eventType)),\
                "occurred_at":"\(values.timestamp(fraction: true))","notification_id":"\(values.token("ntf_", 26))",\
                "data":{"id":"\(values.token("txn_", 26))","status":"completed","currency_code":"EUR"}}
                """
        )
    }

    /// Square signs the URL that it was given and the body.
    ///
    /// Set the endpoint's `url` where a proxy changes host or path.
    ///
    /// <https://developer.squareup.com/docs/webhooks/step3validate>
    static let square = preset(
        SourceDefinition(
            source: .square,
            summary: "Square: payments, orders, inventory",
            scheme: .row(
                SignatureScheme(
                    .header("x-square-hmacsha256-signature"),
                    .plain(prefix: ""),
                    .base64,
                    signed: [.url, .body]
                )
            ),
            sensitivePaths: ["data.object.payment.card_details", "data.object.customer"],
            documentation: "https://developer.squareup.com/docs/webhooks/step3validate"
        ),
        EventLocations(
            eventType: [[.member("type")]],
            idempotencyKey: [[.member("event_id")]],
            orderingKey: [[.json("data.type"), .json("data.id")]],
            time: [.member("created_at")]
        ),
        types: ["payment.updated", "order.created", "refund.created"]
    ) { eventType, values in
        let id = values.uuid()
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"merchant_id":"\(values.token("ML", 11))","type":\(JSONString.quoted(eventType)),"event_id":"\(id)",\
                "created_at":"\(values.timestamp(fraction: true))","data":{"type":"payment",\
                "id":"\(values.token("", 22))","object":{"payment":{"status":"COMPLETED"}}}}
                """
        )
    }
}
