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
                "data.object.customer_email", "data.object.customer_name", "data.object.customer_phone",
                "data.object.customer_address", "data.object.customer_shipping", "data.object.customer_details",
                "data.object.payment_method_details.card", "data.object.email", "data.object.name",
                "data.object.phone", "data.object.address", "data.previous_attributes.email",
                "data.previous_attributes.name", "data.previous_attributes.phone", "data.previous_attributes.address",
            ],
            documentation: "https://docs.stripe.com/webhooks/signature"
        ),
        EventLocations(
            eventType: [[.member("type")]],
            idempotencyKey: [[.member("id")]],
            orderingKey: [[.json("data.object.object"), .json("data.object.id")]],
            time: [.member("created")]
        ),
        types: [
            "invoice.paid", "customer.updated", "charge.refunded", "checkout.session.completed",
            "customer.subscription.updated",
        ]
    ) { eventType, values in
        let id = values.token("evt_", 24)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"id":"\(id)","object":"event","api_version":"2025-03-31.basil","created":\(values.unixSeconds),\
                "data":\(stripeData(eventType, &values)),"livemode":false,"pending_webhooks":1,\
                "type":\(JSONString.quoted(eventType))}
                """
        )
    }

    /// The data of an event of Stripe: the object, and the values that it had before.
    private static func stripeData(_ eventType: String, _ values: inout SampleValues) -> String {
        let amount = values.number(100...99_999)
        let person = "\(SamplePerson.contact),\"phone\":\"\(SamplePerson.phone)\",\"address\":\(SamplePerson.place)"
        switch eventType {
        case "customer.updated":
            return """
                {"object":{"id":"\(values.token("cus_", 14))","object":"customer",\(person),\
                "shipping":{\(person)}},"previous_attributes":{\(person)}}
                """
        case "charge.refunded":
            return """
                {"object":{"id":"\(values.token("ch_", 24))","object":"charge","amount":\(amount),\
                "billing_details":{\(person)},"shipping":{\(person)},"receipt_email":"\(SamplePerson.email)",\
                "payment_method_details":{"card":{"last4":"4242","name":"\(SamplePerson.name)"}}}}
                """
        case "checkout.session.completed":
            return """
                {"object":{"id":"\(values.token("cs_", 24))","object":"checkout.session","amount_total":\(amount),\
                "customer_details":{\(person)}}}
                """
        case "customer.subscription.updated":
            return """
                {"object":{"id":"\(values.token("sub_", 24))","object":"subscription","status":"active",\
                "customer":"\(values.token("cus_", 14))"}}
                """
        default:
            return """
                {"object":{"id":"\(values.token("in_", 24))","object":"invoice","amount_paid":\(amount),\
                "currency":"eur","customer":"\(values.token("cus_", 14))","customer_email":"\(SamplePerson.email)",\
                "customer_name":"\(SamplePerson.name)","customer_phone":"\(SamplePerson.phone)",\
                "customer_address":\(SamplePerson.place),"customer_shipping":{\(person)}}}
                """
        }
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
            sensitivePaths: [
                "data.email", "data.name", "data.first_line", "data.second_line", "data.city", "data.postal_code",
                "data.contacts[]", "data.customer", "data.address", "data.payments[].method_details.card",
            ],
            documentation: "https://developer.paddle.com/webhooks/about/signature-verification"
        ),
        EventLocations(
            eventType: [[.member("event_type")]],
            idempotencyKey: [[.member("event_id")]],
            orderingKey: [[.literal("entity"), .json("data.id")]],
            time: [.member("occurred_at")]
        ),
        types: [
            "transaction.completed", "subscription.updated", "customer.created", "address.created", "business.created",
        ]
    ) { eventType, values in
        let id = values.token("evt_", 26)
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"event_id":"\(id)","event_type":\(JSONString.quoted(eventType)),\
                "occurred_at":"\(values.timestamp(fraction: true))","notification_id":"\(values.token("ntf_", 26))",\
                "data":{\(paddleData(eventType, &values))}}
                """
        )
    }

    /// The members of an event's data of Paddle.
    private static func paddleData(_ eventType: String, _ values: inout SampleValues) -> String {
        switch eventType {
        case "customer.created":
            return "\"id\":\"\(values.token("ctm_", 26))\",\"status\":\"active\",\(SamplePerson.contact)"
        case "address.created":
            return """
                "id":"\(values.token("add_", 26))","first_line":"12 Ada Street","second_line":"Ada's flat",\
                "city":"Adaville","postal_code":"Ada 1","country_code":"GB"
                """
        case "business.created":
            return "\"id\":\"\(values.token("biz_", 26))\",\"contacts\":[{\(SamplePerson.contact)}]"
        case "subscription.updated":
            return "\"id\":\"\(values.token("sub_", 26))\",\"status\":\"active\",\"currency_code\":\"EUR\""
        default:
            return """
                "id":"\(values.token("txn_", 26))","status":"completed","currency_code":"EUR",\
                "customer":{\(SamplePerson.contact)},"address":\(SamplePerson.place),\
                "payments":[{"method_details":{"card":{"last4":"4242","cardholder_name":"\(SamplePerson.name)"}}}]
                """
        }
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
            sensitivePaths: [
                "data.object.payment.card_details", "data.object.payment.buyer_email_address",
                "data.object.payment.billing_address", "data.object.payment.shipping_address",
                "data.object.payment.note", "data.object.customer", "data.object.invoice.primary_recipient",
                "data.object.booking.customer_note", "data.object.team_member",
            ],
            documentation: "https://developer.squareup.com/docs/webhooks/step3validate"
        ),
        EventLocations(
            eventType: [[.member("type")]],
            idempotencyKey: [[.member("event_id")]],
            orderingKey: [[.json("data.type"), .json("data.id")]],
            time: [.member("created_at")]
        ),
        types: [
            "payment.updated", "order.created", "refund.created", "customer.created", "invoice.published",
            "booking.created", "team_member.created",
        ]
    ) { eventType, values in
        let id = values.uuid()
        let kind = String(eventType.prefix { $0 != "." })
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                {"merchant_id":"\(values.token("ML", 11))","type":\(JSONString.quoted(eventType)),"event_id":"\(id)",\
                "created_at":"\(values.timestamp(fraction: true))","data":{"type":"\(kind)",\
                "id":"\(values.token("", 22))","object":{"\(kind)":\(squareObject(kind))}}}
                """
        )
    }

    /// The object of an event of Square.
    private static func squareObject(_ kind: String) -> String {
        switch kind {
        case "payment":
            """
            {"status":"COMPLETED","buyer_email_address":"\(SamplePerson.email)","note":"\(SamplePerson.text)",\
            "billing_address":\(SamplePerson.place),"shipping_address":\(SamplePerson.place),\
            "card_details":{"card":{"last_4":"1111","cardholder_name":"\(SamplePerson.name)"}}}
            """
        case "customer", "team_member": "{\(SamplePerson.contact),\"phone_number\":\"\(SamplePerson.phone)\"}"
        case "invoice": "{\"primary_recipient\":{\(SamplePerson.contact)}}"
        case "booking": "{\"status\":\"ACCEPTED\",\"customer_note\":\"\(SamplePerson.text)\"}"
        default: "{\"status\":\"COMPLETED\"}"
        }
    }
}
