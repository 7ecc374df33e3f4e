import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Identity of wakit's rows")
struct WakitIdentifyTests {
    private let row = #"{"id": "R", "updated_at": "2026-05-06T03:39:35+00:00"}"#

    private func key(_ data: String, _ entity: String, _ action: String) -> String {
        identity(.wakit, #"{"data": \#(data), "action": "\#(action)", "entity": "\#(entity)"}"#).idempotencyKey
    }

    @Test("an insert is known by its row alone")
    func insert() {
        #expect(key(row, "messages", "insert") == "messages:insert:R")
        #expect(key(#"{"id": "R", "content": {}}"#, "messages", "insert") == "messages:insert:R")
        #expect(key(#"{"id": 7}"#, "logs", "insert") == "logs:insert:7")
    }

    @Test("updates are told apart by their body, and equal bodies are one")
    func update() {
        let first = key(row, "messages", "update")
        #expect(first.hasPrefix("messages:update:R:") && first.count == "messages:update:R:".count + 64)
        #expect(first == key(row, "messages", "update"))
        #expect(first != key(row.replacing("R", with: "R\", \"status\": \"x"), "messages", "update"))
        #expect(key(row, "messages", "UPDATE").hasPrefix("messages:UPDATE:R:"))
        #expect(key(row, "messages", "delete") != key(row, "messages", "delete").prefix(17))
    }

    @Test("addresses are known by what they consist of")
    func compositeKeys() {
        let address = #"{"organization_id": "O", "service": "whatsapp", "address": "0521"}"#
        #expect(key(address, "contacts_addresses", "insert") == "contacts_addresses:insert:O:whatsapp:0521")
        #expect(key(address, "organizations_addresses", "insert") == "organizations_addresses:insert:O:0521")
        #expect(key(#"{"organization_id": "O"}"#, "contacts_addresses", "insert").hasPrefix("sha256:"))
        #expect(key(address, "messages", "insert").hasPrefix("sha256:"))
    }

    static let bodies: [(String, String?)] = [
        (#"{"entity":"messages","action":"insert"}"#, "messages.insert"),
        (#"{"entity":"messages","action":"UPDATE"}"#, "messages.UPDATE"),
        (#"{"entity":"messages","action":""}"#, nil),
        (#"{"entity":"messages"}"#, nil),
        (#"{"object":"whatsapp_business_account","entry":[]}"#, nil),
        ("hub.challenge", nil),
    ]

    @Test("the type is made of entity and action", arguments: bodies)
    func types(_ body: String, _ type: String?) {
        #expect(identity(.wakit, body).eventType == type)
    }
}
