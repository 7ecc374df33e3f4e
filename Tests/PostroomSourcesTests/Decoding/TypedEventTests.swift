import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Typed events")
struct TypedEventTests {
    private func misfit<Value: WebhookEvent>(_ type: Value.Type, _ event: Event) -> UndecodableEvent? {
        do {
            _ = try event.decode(as: type)
            return nil
        } catch {
            return error as? UndecodableEvent
        }
    }

    @Test("Wacht's documented user decodes, in all shapes")
    func wachtUser() throws {
        let data = """
            {"entity_id":"12345","entity_type":"user","id":"12345","first_name":"Ava","last_name":"Stone",\
            "username":"ava","profile_picture_url":"","schema_version":"v9","disabled":false,\
            "second_factor_policy":"optional","availability":"active","last_password_reset_at":null,\
            "active_organization_membership_id":null,"deployment_id":"24239923154394947",\
            "public_metadata":{"a":1,"a":2,"n":1e400,"s":"\\ud83d"},"primary_email_address_id":4001,\
            "primary_email_address":"ava@example.com","email_addresses":[],"social_connections":[{"id":1,\
            "access_token":"hunter2"}],"has_password":true}
            """
        let once = #"{"type":"user.created","timestamp":"2026-03-04T10:00:00.000Z","data":\#(data)}"#
        let twice = #"{"data":\#(once),"type":"user.created","timestamp":"2026-03-05T10:00:00.000Z"}"#
        for (body, isReplay) in [(once, false), (twice, true)] {
            let created = try event(.wacht, body).decode(as: Wacht.UserCreated.self)
            #expect(created.notice.isReplay == isReplay)
            #expect(created.notice.sentAt == unix(1_772_618_400))
            #expect(created.user.id == "12345")
            #expect(created.user.firstName == "Ava")
            #expect(created.user.schemaVersion?.rawValue == "v9")
            #expect(created.user.secondFactorPolicy == .optional)
            #expect(created.user.lastPasswordResetAt == .null)
            #expect(created.user.activeWorkspaceMembershipID == .absent)
            #expect(created.user.deploymentID == "24239923154394947")
            #expect(created.user.primaryEmailAddressID == .value("4001"))
            #expect(created.user.publicMetadata?.bytes.isEmpty == false)
            #expect(created.user.privateMetadata == nil)
            #expect(created.user.socialConnections.value?.first?.accessToken?.exposed == "hunter2")
            #expect(!"\(created)".contains("hunter2"))
        }
    }

    @Test("Wacht's entity number beyond 2^53 is exact")
    func wachtNumber() throws {
        let body =
            #"{"type":"user.created","timestamp":"2026-03-04T10:00:00.000Z","data":{"entity_id":24239923154394947}}"#
        #expect(try event(.wacht, body).decode(as: Wacht.UserCreated.self).user.id == "24239923154394947")
    }

    @Test("Anthropic's test event decodes")
    func anthropic() throws {
        let idled = try event(.anthropic, GoldenVector.all[2].body).decode(as: Anthropic.SessionStatusIdled.self)
        #expect(idled.sessionID == "sesn_011CZkZAtmR3yMPDzynEDxu7")
        #expect(idled.notice.eventID == "whe_0f1e2d3c4b5a69788796a5b4c3d2e1f0")
        #expect(idled.notice.createdAt == unix(1_773_568_800))
        #expect(idled.notice.organizationID == "org_011CZkZZAe0sMna4vkBdtrfx")
        #expect(idled.notice.workspaceID == "wrkspc_011CZkZaBF1tNoB5wlCeusgy")
    }

    @Test("a body in camel case from a mistaken fake is read as far as it goes, and says what is missing")
    func anthropicCamelCase() throws {
        let body = #"{"id":"e","createdAt":"2026-03-15T10:00:00Z","data":{"id":"s","type":"session.status_idled"}}"#
        let idled = try event(.anthropic, body).decode(as: Anthropic.SessionStatusIdled.self)
        #expect(idled.sessionID == "s" && idled.notice.createdAt == nil)
        #expect(
            idled.oddities.map(\.description) == [
                "created_at: expected a value, found none", "data.organization_id: expected a value, found none",
            ]
        )
    }

    static let messages: [(String, String?, String?)] = [
        (#"{"type":"text","text":{"body":"Hello!"}}"#, "Hello!", "text"),
        (#"{"version":"1","type":"text","kind":"text","text":"Hello!"}"#, "Hello!", "text"),
        (#"{"type":"data","kind":"location","data":{"lat":1}}"#, nil, "data"),
        ("{}", nil, nil),
    ]

    @Test("wakit's content is read in the documented form and in the wire's", arguments: messages)
    func wakitContent(_ content: String, _ text: String?, _ type: String?) throws {
        let body = #"{"data":{"id":"m","content":\#(content)},"entity":"messages","action":"insert"}"#
        let message = try event(.wakit, body).decode(as: Wakit.MessageInserted.self).message
        #expect(message.content?.text == text)
        #expect(message.content?.type?.rawValue == type)
    }

    @Test("wakit's row keeps absent and null apart, and takes new words and broken UUIDs")
    func wakitRow() throws {
        let body = """
            {"data": {"id": "b5b9f67g-5681-58f3-cd3b-3g1e8ec399c2", "wa_id": "wamid.HBgN...", "from": "0521", \
            "agent_id": null, "direction": "sideways", "service": "whatsapp-web", "status": {"pending": \
            "2026-05-06T03:39:23.12+00:00", "read": "2026-05-06T03:39:35.000Z", "newer": 5, "sent": null, \
            "errors": [{"code": 131047, "title": "Re-engagement", "error_data": {"details": "x"}}]}, \
            "created_at": "2026-05-06T03:39:25+00:00"}, "action": "insert", "entity": "messages"}
            """
        let message = try event(.wakit, body).decode(as: Wakit.MessageInserted.self).message
        #expect(message.id == "b5b9f67g-5681-58f3-cd3b-3g1e8ec399c2")
        #expect(message.externalID == .value("wamid.HBgN..."))
        #expect(message.contactAddress == .value("0521"))
        #expect(message.agentID == .null)
        #expect(message.groupAddress == .absent)
        #expect(message.direction?.rawValue == "sideways")
        #expect(message.service == .whatsAppWeb)
        #expect(Set(message.status?.steps.keys.map(\.rawValue) ?? []) == ["pending", "read"])
        #expect(message.status?.errors.value?.first?.code == 131047)
        #expect(message.updatedAt == nil)
        #expect(message.createdAt == unix(1_778_038_765))
    }

    @Test("Dynamic's wallet decodes with any of its fields missing")
    func dynamic() throws {
        let linked = try event(
            .dynamic,
            #"{"eventName":"wallet.linked","environmentName":"sandbox","redelivery":true,"data":{"id":"w","chain":"DOGE"}}"#
        )
        .decode(as: Dynamic.WalletLinked.self)
        #expect(linked.wallet.id == "w")
        #expect(linked.wallet.chain?.rawValue == "DOGE")
        #expect(linked.notice.environmentName == .sandbox)
        #expect(linked.notice.isRedelivery && linked.notice.actorID == nil)
        #expect(
            misfit(Dynamic.WalletLinked.self, event(.dynamic, #"{"eventName":"wallet.linked","data":{"id":[7]}}"#))
                == UndecodableEvent(path: "data.id", expectation: "expected a string or an integer, found an array")
        )
    }

    @Test("sync.failed is about a connector, or about the endpoint itself")
    func nyuchi() throws {
        func decoded(_ data: String) throws -> Nyuchi.SyncFailed {
            let body = #"{"id":"evt_1","type":"sync.failed","created_at":"2025-03-20T14:33:55Z","data":\#(data)}"#
            return try event(.nyuchi, body).decode()
        }
        let connector = try decoded(#"{"connector_id":"con_1","error_code":"new","workspace_id":"ws_1"}"#)
        guard case .connector(let failure) = connector.subject else {
            Issue.record("expected a connector")
            return
        }
        #expect(failure.connectorID == "con_1" && failure.errorCode == "new" && failure.connectorType == nil)
        #expect(connector.notice.workspaceID == "ws_1")
        let endpoint = try decoded(#"{"endpoint":"https://example.com","connector_id":null}"#)
        guard case .endpoint = endpoint.subject else {
            Issue.record("expected the endpoint")
            return
        }
        #expect(endpoint.notice.createdAt == unix(1_742_481_235))
    }

    @Test("an event of another type, and a body that is no JSON, are undecodable")
    func otherType() {
        let body = #"{"type":"user.deleted","data":{"entity_id":"1"}}"#
        #expect(misfit(Wacht.UserCreated.self, event(.wacht, body))?.description.contains("user.created") == true)
        let broken = event(.wacht, #"{"type":"user.created""#, eventType: "user.created")
        #expect(
            misfit(Wacht.UserCreated.self, broken)?.expectation
                == "expected a JSON object: ends too early (byte 22)"
        )
    }

    @Test("a misfit never quotes the body")
    func noValues() {
        for body in [
            #"{"type":"user.created","data":{"entity_id":["hunter2"],"first_name":["hunter2"]}}"#,
            #"{"type":"user.created","data":{"id":{"hunter2":1}}}"#,
            #"{"type":"user.created","data":"hunter2"}"#,
        ] {
            let misfit = misfit(Wacht.UserCreated.self, event(.wacht, body))
            #expect(misfit != nil && misfit?.description.contains("hunter2") == false)
        }
    }
}
