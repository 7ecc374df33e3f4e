import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Wacht's events")
struct WachtEventTests {
    private func decoded<Value: WebhookEvent>(_ type: String, _ data: String, as: Value.Type) throws -> Value {
        let body = #"{"data":\#(data),"timestamp":"2026-03-04T10:00:00.000Z","type":"\#(type)"}"#
        return try event(.wacht, body).decode()
    }

    @Test("every event about an object is content with its identity alone")
    func entityAlone() throws {
        let others: Set<String> = [
            "agent.model.usage", "agent.thread.message", "agent.thread.platform_event", "test.webhook",
        ]
        for entry in SourceRegistry.builtIn.events(of: .wacht) where !others.contains(entry.eventType) {
            for id in ["24239923154394947", #""24239923154394947""#, "18446744073709551615"] {
                let body = #"{"data":{"entity_id":\#(id),"new":[1]},"timestamp":null,"type":"\#(entry.eventType)"}"#
                let event = event(.wacht, body)
                #expect(throws: Never.self, "\(entry.eventType)") { try entry.swiftType.init(decoding: event) }
            }
        }
    }

    @Test("partial and whole rows are one type")
    func partialRows() throws {
        let whole = try decoded(
            "organization.updated",
            #"{"entity_id":8001,"id":"8001","name":"Acme","image_url":"","member_count":1,"private_metadata":{"k":"hunter2"},"roles":[{"id":1,"name":"admin","permissions":[{"new":1}]}],"workspaces":[{"id":"9","name":"w"}]}"#,
            as: Wacht.OrganizationUpdated.self
        )
        #expect(whole.organization.memberCount == 1 && whole.organization.roles.value?.first?.name == "admin")
        #expect(whole.organization.workspaces.value?.map(\.id) == ["9"])
        #expect(whole.organization.imageURL?.isEmpty == true)
        #expect(!"\(whole)".contains("hunter2"))
        let partial = try decoded("organization.deleted", #"{"entity_id":8001}"#, as: Wacht.OrganizationDeleted.self)
        #expect(partial.organization.id == "8001" && partial.organization.name == nil)
        let user = try decoded(
            "user.deleted",
            #"{"entity_id":1,"id":"1","first_name":"Ava","username":"ava"}"#,
            as: Wacht.UserDeleted.self
        )
        #expect(user.user.firstName == "Ava" && user.user.deploymentID == nil && user.user.emailAddresses == .absent)
    }

    @Test("a second factor's event is about the user, and its identity is another")
    func secondFactor() throws {
        let enabled = try decoded(
            "user.mfa.enabled",
            #"{"entity_id":12345,"entity_type":"user_authenticator","id":"991","user_id":"12345","otp_url":"otpauth://hunter2"}"#,
            as: Wacht.UserMFAEnabled.self
        )
        #expect(enabled.authenticator.id == "991" && enabled.authenticator.userID == "12345")
        #expect(enabled.authenticator.oneTimePasswordURL.value?.exposed == "otpauth://hunter2")
        #expect(!"\(enabled)".contains("hunter2"))
        let disabled = try decoded(
            "user.mfa.disabled",
            #"{"entity_id":12345,"otp_url":null}"#,
            as: Wacht.UserMFADisabled.self
        )
        #expect(disabled.authenticator.oneTimePasswordURL == .null && disabled.authenticator.userID == "12345")
    }

    @Test("an address's event may bring the user along")
    func address() throws {
        let bare = try decoded("user.email.added", #"{"entity_id":4001}"#, as: Wacht.UserEmailAdded.self)
        #expect(bare.addressID == "4001" && bare.user == nil)
        let unnamed = try decoded("user.email.added", #"{"entity_id":4001,"id":null}"#, as: Wacht.UserEmailAdded.self)
        #expect(unnamed.user == nil)
        let rich = try decoded(
            "user.phone.verified",
            #"{"entity_id":5001,"id":"12345","username":"ava"}"#,
            as: Wacht.UserPhoneVerified.self
        )
        #expect(rich.addressID == "5001" && rich.user?.id == "12345")
    }

    @Test("a session's sign-ins hide their addresses")
    func session() throws {
        let created = try decoded(
            "session.created",
            #"{"entity_id":7001,"id":"7001","active_signin_id":null,"signins":[{"id":1,"ip_address":"192.0.2.7"}]}"#,
            as: Wacht.SessionCreated.self
        )
        #expect(created.session.activeSignInID == .null)
        #expect(created.session.signIns.value?.first?.ipAddress?.exposed == "192.0.2.7")
        #expect(!"\(created)".contains("192.0.2.7"))
    }

    @Test("a model's usage is read with costs and without, with counters that are null")
    func usage() throws {
        let newer = try decoded(
            "agent.model.usage",
            #"{"model":"m","thread_id":77,"actor_id":null,"input_tokens":120,"thoughts_token_count":null,"timestamp":"2026-03-04T10:00:00.123456789+00:00"}"#,
            as: Wacht.AgentModelUsage.self
        )
        #expect(newer.usage.threadID == "77" && newer.usage.actorID == .null)
        #expect(newer.usage.inputTokens == 120 && newer.usage.thoughtTokens == nil)
        #expect(newer.usage.totalCostCents == nil)
        #expect(abs((newer.usage.timestamp?.timeIntervalSince1970 ?? 0) - 1_772_618_400.123) < 0.001)
        let older = try decoded(
            "agent.model.usage",
            #"{"context_id":"9","context_group":"support","is_byok":true,"total_cost_cents":2}"#,
            as: Wacht.AgentModelUsage.self
        )
        #expect(older.usage.threadID == "9" && older.usage.actorID == .absent)
        #expect(older.usage.totalCostCents == 2 && older.usage.isOwnKey == true)
    }

    static let tests = [#"{"test":true}"#, "[1]", #""hello""#, "null", "12"]

    @Test("a test event's data is whatever the operator typed", arguments: tests)
    func testEvent(_ data: String) throws {
        let test = try decoded("test.webhook", data, as: Wacht.TestWebhook.self)
        #expect(test.data.map { String(decoding: $0.bytes, as: UTF8.self) } == data)
        #expect(test.notice.sentAt == unix(1_772_618_400))
    }

    @Test("a hook's event has what came of it")
    func hooks() throws {
        let shared = #""agent_id":1,"hook_kind":"before_tool","tool_name":null,"step_index":3,"input":null"#
        let succeeded = try decoded(
            "agent.before_tool_hook.succeeded",
            #"{\#(shared),"output":[1]}"#,
            as: Wacht.AgentBeforeToolHookSucceeded.self
        )
        #expect(succeeded.output?.bytes.count == 3 && succeeded.hook.stepIndex == 3 && succeeded.hook.agentID == "1")
        let failed = try decoded(
            "agent.after_llm_hook.failed",
            #"{\#(shared),"error_message":"no"}"#,
            as: Wacht.AgentAfterLLMHookFailed.self
        )
        #expect(failed.errorMessage == "no")
        let skipped = try decoded(
            "agent.on_budget_exhausted_hook.skipped",
            "{}",
            as: Wacht.AgentOnBudgetExhaustedHookSkipped.self
        )
        #expect(skipped.reason == nil && skipped.hook.kind == nil)
    }

    static let permissions: [(json: String, names: Field<[String]>)] = [
        (#","permissions":["organization:admin","a:b"]"#, .value(["organization:admin", "a:b"])),
        (
            #","permissions":[{"id":"1","org_role_id":"2","permission":"organization:admin"}]"#,
            .value(["organization:admin"])
        ),
        (#","permissions":[]"#, .value([])), (#","permissions":null"#, .null), ("", .absent),
        (#","permissions":["a",{"id":"1"}]"#, .absent), (#","permissions":{"a":true}"#, .absent),
    ]

    @Test("a role has its permissions by name, in both of Wacht's forms", arguments: permissions)
    func rolePermissions(_ test: (json: String, names: Field<[String]>)) throws {
        let created = try decoded(
            "workspace.created",
            #"{"entity_id":1,"description":"d","roles":[{"id":"3","name":"admin"\#(test.json)}]}"#,
            as: Wacht.WorkspaceCreated.self
        )
        let role = try #require(created.workspace.roles.value?.first)
        #expect(role.permissions == test.names && role.name == "admin" && created.workspace.description == "d")
    }

    @Test("a customer's own event type has no Swift type, and harms nothing")
    func customEvents() {
        for type in ["invoice.paid", "organization.member_added"] {
            #expect(!SourceRegistry.builtIn.events(of: .wacht).contains { $0.eventType == type })
            #expect(event(.wacht, #"{"type":"\#(type)","data":{}}"#).type == type)
        }
    }
}
