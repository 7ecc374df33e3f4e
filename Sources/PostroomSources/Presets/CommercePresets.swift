import PostroomCore

extension Presets {
    /// Shopify names topic, shop and event in headers, which are not signed.
    ///
    /// `X-Shopify-Event-Id` is the same for every delivery of one event: two subscriptions to one topic at one endpoint
    /// become one delivery. Its documentation prints no signed example.
    ///
    /// <https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook-to-ensure-its-coming-from-shopify>,
    /// <https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates>
    static let shopify = preset(
        SourceDefinition(
            source: .shopify,
            summary: "Shopify: orders, products, customers",
            scheme: .row(SignatureScheme(.header("X-Shopify-Hmac-Sha256"), .plain(prefix: ""), .base64)),
            bodyLimit: 8 << 20,
            sensitivePaths: [
                "email", "phone", "contact_email", "customer_email", "first_name", "last_name", "shop_owner",
                "address1",
                "address2", "note", "customer", "billing_address", "shipping_address", "addresses[]",
                "default_address", "browser_ip", "client_details",
            ],
            documentation: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https"
        ),
        EventLocations(
            eventType: [[.header("X-Shopify-Topic")]],
            idempotencyKey: [
                [.header("X-Shopify-Topic"), .header("X-Shopify-Event-Id")], [.header("X-Shopify-Webhook-Id")],
            ],
            orderingKey: [[.literal("object"), .member("id")]],
            time: [.header("X-Shopify-Triggered-At"), .member("updated_at")]
        ),
        types: ["orders/create", "products/update", "customers/create", "customers/delete", "app/uninstalled"]
    ) { eventType, values in
        let id = values.uuid()
        return SampleDelivery(
            eventType: eventType,
            id: id,
            headers: [
                ("X-Shopify-Topic", eventType), ("X-Shopify-Event-Id", id), ("X-Shopify-Webhook-Id", values.uuid()),
                ("X-Shopify-Shop-Domain", "acme.myshopify.com"), ("X-Shopify-Triggered-At", values.timestamp()),
            ],
            body: """
                {"id":\(values.number(1_000_000...900_000_000)),\(shopifyMembers(eventType, &values)),\
                "updated_at":"\(values.timestamp())"}
                """
        )
    }

    /// Members of the object that an event of Shopify is about.
    private static func shopifyMembers(_ topic: String, _ values: inout SampleValues) -> String {
        let reached = "\"email\":\"\(SamplePerson.email)\",\"phone\":\"\(SamplePerson.phone)\""
        let place = """
            {"first_name":"Ada","last_name":"Lovelace","address1":"12 Ada Street","phone":"\(SamplePerson.phone)"}
            """
        switch topic {
        case "products/update": return "\"title\":\"A hook\",\"vendor\":\"Acme\""
        case "customers/delete": return "\"phone\":\"\(SamplePerson.phone)\",\"addresses\":[\(place)]"
        case "customers/create":
            return """
                \(reached),"first_name":"Ada","last_name":"Ada Lovelace","note":"\(SamplePerson.text)",\
                "addresses":[\(place)],"default_address":\(place)
                """
        case "app/uninstalled":
            return """
                \(reached),"shop_owner":"\(SamplePerson.name)","customer_email":"\(SamplePerson.email)",\
                "address1":"12 Ada Street","address2":"Ada's flat"
                """
        default:
            return """
                \(reached),"contact_email":"\(SamplePerson.email)","note":"\(SamplePerson.text)",\
                "total_price":"\(values.number(1...9_999)).00","currency":"EUR","customer":{\(SamplePerson.contact)},\
                "billing_address":\(place),"shipping_address":\(place),"browser_ip":"\(SamplePerson.address)",\
                "client_details":{"browser_ip":"\(SamplePerson.address)"}
                """
        }
    }

    /// HubSpot signs method, URL, body and time (version 3), and sends an array of up to a hundred events.
    ///
    /// The first one's type is the delivery's. An event's id is not promised to be unique, so that the body's digest is
    /// the key, made without the number of the attempt. Set the endpoint's `url` where a proxy changes host or path.
    ///
    /// <https://developers.hubspot.com/docs/guides/api/app-management/webhooks#webhook-payloads>,
    /// <https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation>
    static let hubspot = preset(
        SourceDefinition(
            source: .hubspot,
            summary: "HubSpot: changes of CRM objects, several at once",
            scheme: .row(
                SignatureScheme(
                    .header("X-HubSpot-Signature-v3"),
                    .plain(prefix: ""),
                    .base64,
                    signed: [.method, .url, .body, .timestamp],
                    time: .init(
                        .header("X-HubSpot-Request-Timestamp"),
                        unit: .milliseconds,
                        tolerance: .within(.seconds(300))
                    )
                )
            ),
            sensitivePaths: ["propertyValue"],
            documentation:
                "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation"
        ),
        EventLocations(
            eventType: [[.json("[0].subscriptionType")]],
            unstablePaths: ["attemptNumber"],
            orderingKey: [[.literal("object"), .json("[0].objectId")]],
            time: [.json("[0].occurredAt")]
        ),
        types: ["contact.propertyChange", "contact.creation", "deal.propertyChange", "company.deletion"]
    ) { eventType, values in
        let id = String(values.number(1...999_999_999))
        let property = #""propertyName":"email","propertyValue":"\#(SamplePerson.email)","#
        return SampleDelivery(
            eventType: eventType,
            id: id,
            body: """
                [{"eventId":\(id),"subscriptionId":12345,"portalId":62515,"occurredAt":\(values.unixSeconds)000,\
                "subscriptionType":\(JSONString.quoted(eventType)),"attemptNumber":0,\
                \(eventType.hasSuffix("propertyChange") ? property : "")\
                "objectId":\(values.number(1...999_999_999)),"changeSource":"CRM","number":\(values.index)}]
                """
        )
    }
}
