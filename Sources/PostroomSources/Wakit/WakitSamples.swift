/// Sample rows whose content their index decides on.
extension Wakit {
    /// Makes a message, by its index with one kind of content after the other.
    @Sendable
    static func sampleMessage(_ values: inout SampleValues) -> String {
        let now = values.timestamp(zone: "+00:00")
        let text = values.pick(["Hello!", "¿Sigue abierto? 😀", "I'd like to order again", "Danke, bis später"])
        return """
            {"id": "\(values.uuid())", "status": {"pending": "\(now)"}, \
            "content": \(sampleContent(text, &values)), "service": "whatsapp", \
            "agent_id": null, "direction": "incoming", "thread_id": null, "timestamp": "\(now)", \
            "created_at": "\(now)", "updated_at": "\(now)", "external_id": "wamid.\(values.token("", 40))", \
            "group_address": null, "contact_address": "\(values.contact())", "conversation_id": "\(values.uuid())", \
            "organization_id": "00438702-d4a3-4411-9141-21febf13acbb", "organization_address": "375446602312881"}
            """
    }

    /// Makes the content of a message.
    private static func sampleContent(_ text: String, _ values: inout SampleValues) -> String {
        let plain = #""kind": "text", "text": "\#(text)", "type": "text", "version": "1""#
        switch values.index % 7 {
        case 1:
            let uri =
                "internal://media/organizations/00438702-d4a3-4411-9141-21febf13acbb/attachments/\(values.token("", 40))"
            return """
                {"file": {"uri": "\(uri)", "name": "order.ogg", "size": \(values.number(900...90_000)), \
                "mime_type": "audio/ogg"}, "kind": "audio", "type": "file", "version": "1", \
                "artifacts": [{"kind": "transcription", "text": "\(text)", "type": "text"}]}
                """
        case 2:
            return """
                {"data": {"url": "https://example.com/shop", "name": "The shop", "address": "1 Main Road", \
                "latitude": -17.8\(values.number(10...99))5, "longitude": 31.05}, "kind": "location", "type": "data", \
                "version": "1"}
                """
        case 3:
            let phone = values.contact()
            return """
                {"data": [{"name": {"last_name": "Moyo", "first_name": "Noor", "formatted_name": "Noor Moyo"}, \
                "phones": [{"type": "HOME", "phone": "+\(phone)", "wa_id": "\(phone)"}]}], "kind": "contacts", \
                "type": "data", "version": "1"}
                """
        case 4:
            return """
                {"data": {"text": "\(text)", "catalog_id": "\(values.number(100_000...999_999))", \
                "product_items": [{"currency": "EUR", "quantity": "\(values.number(1...9))", "item_price": "12.50", \
                "product_retailer_id": "sku_\(values.token("", 6))"}]}, "kind": "order", "type": "data", "version": "1"}
                """
        case 5:
            return """
                {"data": {"type": "list_reply", "list_reply": {"id": "slot_\(values.number(1...9))", "title": "Tuesday", \
                "description": "in the morning"}}, "kind": "interactive", "task": {"id": "\(values.uuid())"}, \
                "type": "data", "version": "1"}
                """
        case 6:
            return """
                {\(plain), "referral": {"body": "Fresh bread", "headline": "Order today", \
                "ctwa_clid": "\(values.token("", 24))", "source_id": "\(values.number(100_000...999_999))", \
                "source_url": "https://fb.me/\(values.token("", 8))", "source_type": "ad"}, "forwarded": true, \
                "re_message_id": "wamid.\(values.token("", 40))", "referred_product": {"catalog_id": "7", \
                "product_retailer_id": "sku_\(values.token("", 6))"}}
                """
        default:
            return "{\(plain)}"
        }
    }
}

extension SampleValues {
    /// Makes a contact's address: the digits of a phone number.
    mutating func contact() -> String {
        "52155\(number(10_000_000...99_999_999))\(number(1000...9999))"
    }
}
