import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("wakit's events")
struct WakitEventTests {
    private func decoded<Value: WebhookEvent>(_ type: String, _ row: String, as: Value.Type) throws -> Value {
        let names = type.split(separator: ".")
        return try event(.wakit, #"{"data": \#(row), "action": "\#(names[1])", "entity": "\#(names[0])"}"#).decode()
    }

    @Test("a partial update leaves unsaid what is unchanged")
    func partialUpdate() throws {
        let updated = try decoded(
            "messages.update",
            #"{"id": "M", "status": {"sent": "2026-05-06T03:39:26+00:00", "read": "2026-05-06T03:39:35.000Z"}}"#,
            as: Wakit.MessageUpdated.self
        )
        #expect(updated.message.content == nil && updated.message.externalID == .absent)
        #expect(updated.message.status?.steps == [.sent: unix(1_778_038_766), .read: unix(1_778_038_775)])
        let cleared = try decoded(
            "messages.update",
            #"{"id": "M", "agent_id": null, "external_id": "wamid.1", "status": null}"#,
            as: Wakit.MessageUpdated.self
        )
        #expect(cleared.message.agentID == .null && cleared.message.externalID == .value("wamid.1"))
        #expect(cleared.message.status == nil)
    }

    static let errors: [(json: String, messages: [String?]?)] = [
        (#"[{"code": 131047, "message": "m", "error_data": {"details": "d"}}]"#, ["m"]),
        (#"["old sentence"]"#, ["old sentence"]),
        (#"[7, {}, null]"#, [nil]),
        (#"{"code": 1}"#, nil),
        ("null", nil),
        ("[]", []),
    ]

    @Test("a status' errors are read in every form", arguments: errors)
    func statusErrors(_ test: (json: String, messages: [String?]?)) throws {
        let row = #"{"id": "M", "status": {"failed": "infinity", "new_step": 5, "errors": \#(test.json)}}"#
        let status = try decoded("messages.update", row, as: Wakit.MessageUpdated.self).message.status
        #expect(status?.errors.value?.map(\.message) == test.messages)
        #expect(status?.steps.isEmpty == true)
    }

    @Test("content has its kind, what it answers, and keeps everything")
    func content() throws {
        let row = """
            {"id": "M", "content": {"kind": "reaction", "text": "👩‍🚀\\u202e", "type": "text", "version": 1, \
            "re_message_id": "wamid.2", "forwarded": true, "parts": [{"type": "data"}]}, "direction": "internal"}
            """
        let message = try decoded("messages.insert", row, as: Wakit.MessageInserted.self).message
        #expect(message.content?.kind == .reaction && message.content?.repliedMessageID == "wamid.2")
        #expect(message.content?.isForwarded == true && message.content?.version == "1")
        #expect(message.content?.text == "👩‍🚀\u{202e}")
        #expect(message.content.map { String(decoding: $0.json.bytes, as: UTF8.self).contains("parts") } == true)
        #expect(message.direction == .internal)
    }

    private func content(_ json: String) throws -> Wakit.MessageContent {
        let inserted = try decoded(
            "messages.insert",
            #"{"id": "M", "content": \#(json)}"#,
            as: Wakit.MessageInserted.self
        )
        #expect(inserted.oddities.isEmpty)
        return try #require(inserted.message.content)
    }

    @Test("a file has its place and its size, and a caption and artifacts beside it")
    func file() throws {
        let content = try content(
            """
            {"version": "1", "type": "file", "kind": "audio", "text": "listen", "file": {"mime_type": "audio/ogg", \
            "uri": "internal://media/1", "size": 17, "name": "a.ogg"}, "artifacts": [{"type": "text", \
            "kind": "transcription", "text": "Hello", "artifacts": [{"type": "text", "kind": "description", "text": "a"}]}]}
            """
        )
        #expect(content.file?.mediaType == "audio/ogg" && content.file?.uri == "internal://media/1")
        #expect(content.file?.sizeInBytes == 17 && content.file?.name == "a.ogg" && content.text == "listen")
        let artifact = try #require(content.artifacts.value?.first)
        #expect(artifact.kind == .transcription && artifact.text == "Hello" && artifact.file == nil)
        #expect(artifact.artifacts.value?.map(\.kind) == [.description])
        #expect(content.contacts == .absent && content.location == nil && content.order == nil)
    }

    @Test("contacts, a place and an order are read from the data of their kind, and from no other")
    func data() throws {
        let contacts = try content(
            """
            {"type": "data", "kind": "contacts", "data": [{"name": {"formatted_name": "Noor Moyo", "first_name": "Noor"}, \
            "phones": [{"phone": "+1 555", "type": "HOME", "wa_id": "1555"}]}, {"name": {"formatted_name": "B"}}]}
            """
        )
        let people = try #require(contacts.contacts.value)
        #expect(people.map(\.formattedName) == ["Noor Moyo", "B"] && people[0].firstName == "Noor")
        #expect(people[0].phones.value?.map(\.whatsAppAddress) == ["1555"] && people[1].phones == .absent)
        let location = try content(
            #"{"type": "data", "kind": "location", "data": {"latitude": -17.8, "longitude": 31, "name": "n", "address": "a"}}"#
        )
        #expect(location.location?.latitude == -17.8 && location.location?.longitude == 31)
        #expect(location.location?.name == "n" && location.location?.address == "a" && location.contacts == .absent)
        let order = try content(
            """
            {"type": "data", "kind": "order", "data": {"catalog_id": 7, "text": "soon", "product_items": [{"quantity": "2", \
            "item_price": 12.50, "currency": "EUR", "product_retailer_id": "sku"}]}}
            """
        )
        #expect(order.order?.catalogID == "7" && order.order?.text == "soon")
        let item = try #require(order.order?.items.value?.first)
        #expect(item.quantity == 2 && item.price == "12.50" && item.currency == "EUR" && item.productID == "sku")
    }

    static let replies: [(json: String, type: String?, id: String?, title: String?)] = [
        (
            #"{"kind": "interactive", "data": {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}}"#,
            "button_reply", "y", "Yes"
        ),
        (
            #"{"kind": "interactive", "data": {"type": "list_reply", "list_reply": {"id": "1", "title": "T", "description": "d"}}}"#,
            "list_reply", "1", "T"
        ),
        (#"{"kind": "button", "data": {"text": "Stop", "payload": "stop"}}"#, nil, "stop", "Stop"),
        (#"{"kind": "interactive", "data": {"type": "nfm_reply", "nfm_reply": {"body": "b"}}}"#, "nfm_reply", nil, nil),
    ]

    @Test("what a contact chose of buttons and lists has its identity", arguments: replies)
    func reply(_ test: (json: String, type: String?, id: String?, title: String?)) throws {
        let reply = try #require(try content(test.json).interactive)
        #expect(reply.type == test.type && reply.id == test.id && reply.title == test.title)
    }

    @Test("a message has its task, and what led to it in the words of either service")
    func context() throws {
        let whatsApp = try content(
            """
            {"kind": "text", "text": "Hi", "task": {"id": "t", "status": "working", "session_id": "s"}, "referral": \
            {"source_type": "ad", "source_id": "5", "source_url": "https://fb.me/x", "headline": "h", "body": "b", \
            "ctwa_clid": "c"}, "referred_product": {"catalog_id": "7", "product_retailer_id": "sku"}}
            """
        )
        #expect(whatsApp.task?.id == "t" && whatsApp.task?.status == "working" && whatsApp.task?.sessionID == "s")
        #expect(whatsApp.referral?.source == "ad" && whatsApp.referral?.sourceID == "5")
        #expect(whatsApp.referral?.headline == "h" && whatsApp.referral?.clickID == "c")
        #expect(whatsApp.referredProduct?.productID == "sku" && whatsApp.referredProduct?.catalogID == "7")
        for json in [
            #"{"kind": "referral", "data": {"source": "ADS", "ad_id": "9", "ref": "r"}}"#,
            #"{"kind": "text", "referral": {"source": "ADS", "ad_id": "9", "ref": "r"}}"#,
        ] {
            let instagram = try #require(try content(json).referral)
            #expect(instagram.source == "ADS" && instagram.sourceID == "9" && instagram.reference == "r")
        }
        #expect(try content(#"{"kind": "text", "text": "Hi"}"#).referral == nil)
    }

    @Test("a conversation is read in the documented form and in the wire's")
    func conversation() throws {
        let documented = try decoded(
            "conversations.update",
            #"{"id": "C", "status": "closed", "updated_at": "2026-05-07T03:39:23+00:00"}"#,
            as: Wakit.ConversationUpdated.self
        )
        #expect(documented.conversation.status == .closed && documented.conversation.name == .absent)
        let row = try decoded(
            "conversations.insert",
            #"{"id": "C", "name": null, "extra": {"a": 1}, "service": "whatsapp-web", "contact_address": "0521"}"#,
            as: Wakit.ConversationInserted.self
        )
        #expect(row.conversation.name == .null && row.conversation.contactAddress == .value("0521"))
        #expect(row.conversation.service == .whatsAppWeb)
    }

    @Test("addresses need no identity, and a connection's token stays hidden")
    func addresses() throws {
        let contact = try decoded(
            "contacts_addresses.insert",
            #"{"organization_id": "O", "service": "slack", "address": "U07", "contact_id": null}"#,
            as: Wakit.ContactAddressInserted.self
        )
        #expect(contact.address.address == "U07" && contact.address.contactID == .null)
        for extra in [#"{"access_token": "hunter2"}"#, #""hunter2""#] {
            let connected = try decoded(
                "organizations_addresses.update",
                #"{"organization_id": "O", "address": 375446602312881, "extra": \#(extra)}"#,
                as: Wakit.OrganizationAddressUpdated.self
            )
            #expect(connected.address.address == "375446602312881")
            #expect((connected.address.extra.value?.accessToken?.exposed == "hunter2") == extra.hasPrefix("{"))
            #expect(!"\(connected)".contains("hunter2"))
        }
    }

    @Test("a log line has its level, and a contact its name")
    func others() throws {
        let line = try decoded(
            "logs.insert",
            #"{"id": 7, "level": "fatal", "message": "m", "service": null, "metadata": [1]}"#,
            as: Wakit.LogInserted.self
        )
        #expect(line.line.id == "7" && line.line.level?.rawValue == "fatal" && line.line.service == .null)
        let contact = try decoded("contacts.update", #"{"id": "K", "name": null}"#, as: Wakit.ContactUpdated.self)
        #expect(contact.contact.name == .null && contact.contact.extra == .absent)
    }

    @Test(
        "actions and tables that wakit does not have are no typed events",
        arguments: [
            "logs.update", "messages.delete", "messages.UPDATE", "invoices.insert",
        ]
    )
    func unknown(_ type: String) {
        #expect(!SourceRegistry.builtIn.events(of: .wakit).contains { $0.swiftType.eventTypes.contains(type) })
    }

    @Test("samples have their names in the order of jsonb")
    func jsonbOrder() throws {
        for entry in SourceRegistry.builtIn.events(of: .wakit) {
            let sample = try #require(
                SampleDeliveries(seed: 1).sample(.wakit, entry.eventType, index: 0, now: unix(1_773_568_800))
            )
            var pending = [try JSONObject(checking: sample.body)]
            while let object = pending.popLast() {
                let names = object.entries.map(\.name)
                let sorted = names.sorted { first, second in
                    let lengths = (first.utf8.count, second.utf8.count)
                    return lengths.0 == lengths.1 ? first < second : lengths.0 < lengths.1
                }
                #expect(names == sorted, "\(entry.eventType)")
                pending += object.entries.compactMap(\.value.object)
            }
        }
    }
}
