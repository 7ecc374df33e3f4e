import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// A body that is not quite as its producer promises, and what must be noted of it.
struct OddBody: CustomTestStringConvertible {
    let source: Source
    let body: String
    let oddities: [String]

    init(_ source: Source, _ body: String, _ oddities: String...) {
        self.source = source
        self.body = body
        self.oddities = oddities
    }

    var testDescription: String {
        "\(source): \(body)"
    }
}

@Suite("Oddities")
struct OddityTests {
    private static let date = "expected a date like 2026-03-04T10:00:00Z"
    private static let none = "expected a value, found none"

    private static func dynamic(_ type: String, _ data: String, _ more: String = "") -> String {
        #"{"eventName":"\#(type)","messageId":"m","timestamp":"2026-03-04T10:00:00.000Z"\#(more),"data":\#(data)}"#
    }

    static let ofDynamic = [
        OddBody(
            .dynamic,
            dynamic("user.created", #"{"id":"u","lists":[{"name":"beta"}]}"#),
            "data.lists[0]: expected a string, found an object"
        ),
        OddBody(
            .dynamic,
            dynamic("user.updated", #"{"id":"u","lists":["a",null],"verifiedCredentials":[null]}"#),
            "data.lists[1]: expected a string, found null",
            "data.verifiedCredentials[0]: expected an object, found null"
        ),
        OddBody(.dynamic, dynamic("user.created", "null"), "data: expected an object, found null"),
        OddBody(.dynamic, #"{"eventName":"user.deleted"}"#, "data: expected an object, found none"),
        OddBody(.dynamic, dynamic("user.merged", "[]"), "data: expected an object, found an array"),
        OddBody(
            .dynamic,
            dynamic("wallet.created", #"{"id":"w","createdAt":1772618400000,"chain":7}"#),
            "data.chain: expected a string, found a number",
            "data.createdAt: \(date), found a number"
        ),
        OddBody(
            .dynamic,
            dynamic("wallet.linked", #"{"id":"w","publicKey":["0xABC","0xDEF"]}"#),
            "data.publicKey: expected a string, found an array"
        ),
        OddBody(
            .dynamic,
            dynamic("wallet.activity", #"{"assetTransfers":[{"amount":true,"labels":"sent"}]}"#),
            "data.assetTransfers[0].amount: expected a string or a number, found a boolean",
            "data.assetTransfers[0].labels: expected an array, found a string"
        ),
        OddBody(
            .dynamic,
            #"{"eventName":"ping","timestamp":"infinity","redelivery":"yes","webhookId":5}"#,
            "webhookId: expected a string, found a number",
            "timestamp: expected a date or a Unix time, found a string",
            "redelivery: expected a boolean, found a string"
        ),
        OddBody(
            .dynamic,
            dynamic("flow.risk.updated", #"{"flowId":"f","additionalData":{"score":"high"}}"#),
            "data.additionalData.score: expected a number in the range of a double, found a string"
        ),
        OddBody(.dynamic, dynamic("user.updated", #"{"id":"u","email":null,"lists":null}"#)),
    ]

    private static func wacht(_ type: String, _ data: String, at time: String = "2026-03-04T10:00:00.000Z") -> String {
        #"{"data":\#(data),"timestamp":"\#(time)","type":"\#(type)"}"#
    }

    private static func thread(_ content: String) -> String {
        wacht(
            "agent.thread.message",
            #"{"thread_id":"1","message_type":"conversation_message","data":{"id":"2","message_type":"steer","content":\#(content)}}"#
        )
    }

    static let ofWacht = [
        OddBody(
            .wacht,
            wacht("user.created", #"{"entity_id":1}"#, at: "infinity"),
            "timestamp: \(date), found a string"
        ),
        OddBody(
            .wacht,
            wacht("organization.created", #"{"entity_id":1,"roles":[null,{"id":"2"}],"member_count":1e400}"#),
            "data.member_count: expected an integer of 64 bits, found a number",
            "data.roles[0]: expected an object, found null"
        ),
        OddBody(
            .wacht,
            wacht("user.updated", #"{"id":{},"entity_id":"7","email_addresses":[{"email":"a@example.com"}]}"#),
            "data.id: expected a string or an integer, found an object",
            "data.email_addresses[0].id: \(none)"
        ),
        OddBody(
            .wacht,
            wacht("user.updated", #"{"id":"1","first_name":"A","first_name":"B"}"#),
            "data.first_name: expected one field of that name, found several"
        ),
        OddBody(
            .wacht,
            wacht("agent.model.usage", #"{"model":"m","input_tokens":9223372036854775808,"is_byok":"no"}"#),
            "data.is_byok: expected a boolean, found a string",
            "data.input_tokens: expected an integer of 64 bits, found a number"
        ),
        OddBody(.wacht, wacht("agent.model.usage", "null"), "data: expected an object, found null"),
        OddBody(
            .wacht,
            wacht("agent.before_tool_hook.failed", "[]"),
            "data: expected an object, found an array"
        ),
        OddBody(
            .wacht,
            wacht("user.created", wacht("user.created", #"{"id":"1","disabled":0}"#)),
            "data.data.disabled: expected a boolean, found a number"
        ),
        OddBody(
            .wacht,
            #"{"thread_id":1,"message_type":"platform_event","timestamp":7,"data":{"event_label":"conversation_compacted","event_data":[]}}"#,
            "timestamp: \(date), found a number",
            "data.event_data: expected an object, found an array"
        ),
        OddBody(.wacht, thread("null"), "data.data.content: expected an object, found null"),
        OddBody(.wacht, thread(#"{"message":"Hi"}"#), "data.data.content.type: \(none)"),
        OddBody(
            .wacht,
            thread(#"{"type":"user_message","message":null,"files":[{"size_bytes":99999999999999999999}]}"#),
            "data.data.content.files[0].size_bytes: expected an integer of 64 bits, found a number"
        ),
        OddBody(
            .wacht,
            thread(
                #"{"type":"clarification_request","questions":[{"id":"a","text":"?"},{"id":"b","text":"?","answer_kind":{"kind":"yes_no"}},"why?"]}"#
            ),
            "data.data.content.questions[0].answer_kind: \(none)",
            "data.data.content.questions[2]: expected an object, found a string"
        ),
        OddBody(
            .wacht,
            thread(#"{"type":"clarification_response","answers":{"deploy_env":"staging"}}"#),
            "data.data.content.answers: expected an array, found an object"
        ),
        OddBody(
            .wacht,
            thread(
                #"{"type":"approval_response","approvals":[{"tool_name":"send"},{"tool_name":"a","mode":"allow_once"}]}"#
            ),
            "data.data.content.approvals[0].mode: \(none)"
        ),
        OddBody(.wacht, thread(#"{"type":"steer"}"#), "data.data.content.message: \(none)"),
        OddBody(.wacht, wacht("test.webhook", "7")),
    ]

    private static func wakit(_ type: String, _ row: String) -> String {
        let names = type.split(separator: ".")
        return #"{"data": \#(row), "action": "\#(names[1])", "entity": "\#(names[0])"}"#
    }

    static let ofWakit = [
        OddBody(
            .wakit,
            wakit("messages.insert", #"{"id": "M", "timestamp": "infinity", "created_at": 1778038765}"#),
            "data.timestamp: \(date), found a string",
            "data.created_at: \(date), found a number"
        ),
        OddBody(
            .wakit,
            wakit("messages.insert", #"{"id": "M", "contact_address": ["52", "53"], "content": [{"type": "text"}]}"#),
            "data.contact_address: expected a string or an integer, found an array",
            "data.content: expected an object, found an array"
        ),
        OddBody(
            .wakit,
            wakit("messages.insert", #"{"id": "M", "content": {"text": ["Hi"], "re_message_id": {}, "forwarded": 1}}"#),
            "data.content.text: expected a string, found an array",
            "data.content.re_message_id: expected a string or an integer, found an object",
            "data.content.forwarded: expected a boolean, found a number"
        ),
        OddBody(
            .wakit,
            wakit(
                "messages.update",
                #"{"id": "M", "status": {"read": "infinity", "sent": null, "errors": [null, {"code": 99999999999999999999}]}}"#
            ),
            "data.status.read: \(date), found a string",
            "data.status.errors[0]: expected an object, found null",
            "data.status.errors[1].code: expected an integer of 64 bits, found a number"
        ),
        OddBody(
            .wakit,
            wakit("organizations_addresses.insert", #"{"address": "1", "extra": {"access_token": ["x"]}}"#),
            "data.extra.access_token: expected a string, found an array"
        ),
        OddBody(
            .wakit,
            wakit("logs.insert", #"{"id": 1, "level": 4, "organization_id": true}"#),
            "data.organization_id: expected a string or an integer, found a boolean",
            "data.level: expected a string, found a number"
        ),
        OddBody(.wakit, wakit("messages.update", #"{"id": "M", "status": null, "agent_id": null}"#)),
    ]

    static let ofOthers = [
        OddBody(
            .anthropic,
            #"{"id":"e","data":{"type":"session.created","id":"s","organization_id":"o","workspace_id":"w"}}"#,
            "created_at: \(none)"
        ),
        OddBody(
            .anthropic,
            #"{"id":"e","created_at":1773568800,"data":{"type":"vault.deleted","id":"v","organization_id":7,"workspace_id":null}}"#,
            "created_at: \(date), found a number",
            "data.organization_id: expected a string, found a number",
            "data.workspace_id: expected a string, found null"
        ),
        OddBody(
            .nyuchi,
            #"{"id":"e","type":"user.created","data":{"user_id":"u","email":["a@example.com"],"workspace_id":{}}}"#,
            "created_at: \(none)",
            "data.workspace_id: expected a string or an integer, found an object",
            "data.email: expected a string, found an array"
        ),
        OddBody(
            .nyuchi,
            #"{"id":"e","type":"project.updated","created_at":1741770873,"workspace_id":null,"data":{"project_id":"p","changed_fields":["name",7]}}"#,
            "created_at: \(date), found a number",
            "data.changed_fields[1]: expected a string, found a number"
        ),
        OddBody(
            .nyuchi,
            #"{"id":"e","type":"report.completed","created_at":"2025-03-12T09:14:33Z","data":{"report_id":"r","row_count":9223372036854775808}}"#,
            "data.row_count: expected an integer of 64 bits, found a number"
        ),
        OddBody(
            .nyuchi,
            #"{"id":"e","type":"sync.failed","created_at":"2025-03-12T09:14:33Z","data":null}"#,
            "data: expected an object, found null"
        ),
    ]

    @Test(
        "what does not fit in an optional field is noted by place and kind, and the event is read all the same",
        arguments: ofDynamic + ofWacht + ofWakit + ofOthers
    )
    func oddities(_ test: OddBody) throws {
        let delivery = delivery(test.source, test.body)
        let event = try #require(try SourceRegistry.builtIn.typedEvent(of: delivery))
        #expect(event.oddities.map(\.description) == test.oddities)
    }

    static let identities: [(Source, String, path: String)] = [
        (.wacht, wacht("user.created", #"{"entity_id":null}"#), "data.entity_id"),
        (.wacht, wacht("user.created", "null"), "data"),
        (.wacht, wacht("session.expired", #"{"entity_id":[1]}"#), "data.entity_id"),
        (.wacht, wacht("agent.thread.message", #"{"thread_id":{},"data":{}}"#), "data.thread_id"),
        (.wakit, wakit("messages.insert", #"{"id": {}}"#), "data.id"),
        (.wakit, wakit("contacts_addresses.insert", #"{"address": null}"#), "data.address"),
        (.dynamic, dynamic("user.created", #"{"id":{"a":1}}"#), "data.id"),
        (.dynamic, dynamic("flow.risk.updated", #"{"flowId":[]}"#), "data.flowId"),
        (.dynamic, dynamic("wallet.linked", #"{"id":"a","id":"b"}"#), "data.id"),
        (.anthropic, #"{"data":{"type":"session.created","id":"s"}}"#, "id"),
        (.anthropic, #"{"id":"e","data":{"type":"session.created","id":null}}"#, "data.id"),
        (.nyuchi, #"{"id":"e","type":"user.created","data":{"user_id":{}}}"#, "data.user_id"),
        (.nyuchi, #"{"id":"e","type":"sync.failed","data":{"connector_id":[]}}"#, "data.connector_id"),
    ]

    @Test("what says which object an event is about must fit", arguments: identities)
    func identity(_ source: Source, _ body: String, _ path: String) {
        let misfit = #expect(throws: UndecodableEvent.self) {
            try SourceRegistry.builtIn.typedEvent(of: delivery(source, body))
        }
        #expect(misfit?.path == path)
    }

    @Test("an ordinary body has no oddities", arguments: SourceRegistry.builtIn.definitions.map(\.source))
    func samples(_ source: Source) throws {
        for entry in SourceRegistry.builtIn.events(of: source) {
            for index in UInt64(0)..<16 {
                let sample = SampleDeliveries(seed: 5).sample(source, entry.eventType, index: index, now: unix(0))
                let body = String(decoding: try #require(sample).body, as: UTF8.self)
                #expect(
                    try SourceRegistry.builtIn.typedEvent(of: delivery(source, body))?.oddities == [],
                    "\(entry.eventType)"
                )
            }
        }
    }

    @Test("a delivery whose type has no Swift type, and one without a type, have no typed event")
    func untyped() throws {
        #expect(
            try SourceRegistry.builtIn.typedEvent(of: delivery(.wacht, #"{"type":"invoice.paid","data":{}}"#)) == nil
        )
        #expect(try SourceRegistry.builtIn.typedEvent(of: delivery(.nyuchi, "{")) == nil)
        #expect(try SourceRegistry.builtIn.typedEvent(of: delivery(.bearer, #"{"type":"user.created"}"#)) == nil)
    }

    @Test("only so many oddities of a body are kept")
    func capacity() throws {
        let nulls = [String](repeating: "null", count: 100_000).joined(separator: ",")
        let body = Self.dynamic("user.created", #"{"id":"u","lists":[\#(nulls)]}"#)
        let created = try event(.dynamic, body).decode(as: Dynamic.UserCreated.self)
        #expect(created.user.lists == .value([]) && created.oddities.count == OddityLog.capacity)
        #expect(created.oddities.last?.path == "data.lists[31]")
    }

    @Test("events with other oddities are not equal, and those with the same are")
    func equality() throws {
        func decoded(_ lists: String) throws -> Dynamic.UserCreated {
            try event(.dynamic, Self.dynamic("user.created", #"{"id":"u","lists":\#(lists)}"#)).decode()
        }
        #expect(try decoded("[1]") == decoded("[2]"))
        #expect(try decoded("[1]").hashValue == decoded("[2]").hashValue)
        #expect(try decoded("[1]") != decoded("{}"))
    }
}
