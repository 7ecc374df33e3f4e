extension Wakit {
    /// A message as the wire carries it: keys in the order of `jsonb`, by length and then by bytes.
    @Sendable
    static func sampleMessage(_ values: inout SampleValues) -> String {
        let now = values.timestamp(zone: "+00:00")
        let text = values.pick(["Hello!", "¿Sigue abierto? 😀", "I'd like to order again", "Danke, bis später"])
        return """
            {"id": "\(values.uuid())", "status": {"pending": "\(now)"}, "content": {"kind": "text", "text": "\(text)", \
            "type": "text", "version": "1"}, "service": "whatsapp", "agent_id": null, "direction": "incoming", \
            "thread_id": null, "timestamp": "\(now)", "created_at": "\(now)", "updated_at": "\(now)", \
            "external_id": "wamid.\(values.token("", 40))", "group_address": null, \
            "contact_address": "52155\(values.number(10_000_000...99_999_999))", \
            "conversation_id": "\(values.uuid())", "organization_id": "00438702-d4a3-4411-9141-21febf13acbb", \
            "organization_address": "375446602312881"}
            """
    }
}
