import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Anthropic's events")
struct AnthropicEventTests {
    private func body(_ type: String, _ more: String = "", at: String = "2026-03-15T10:00:00Z") -> String {
        """
        {"type":"event","id":"1","created_at":"\(at)","data":{"id":"o","organization_id":"g","workspace_id":"w",\
        "type":"\(type)"\(more)}}
        """
    }

    @Test("every type decodes with the fields that all have, and thread, vault and action where they belong")
    func all() {
        for entry in SourceRegistry.builtIn.events(of: .anthropic) {
            let more =
                if entry.eventType.hasPrefix("session.thread_") {
                    #","session_thread_id":"t""#
                } else if entry.eventType.hasPrefix("vault_credential.") {
                    #","vault_id":"v""#
                } else if entry.eventType.contains(".enforcement_action_") {
                    #","enforcement_action_id":"a""#
                } else {
                    ""
                }
            let plain = event(.anthropic, body(entry.eventType, more + #","actor":{"id":1},"stop_reason":null"#))
            #expect(throws: Never.self, "\(entry.eventType)") { try entry.swiftType.init(decoding: plain) }
            guard !more.isEmpty else { continue }
            for broken in ["", #"\#(more.prefix { $0 != ":" }):null"#] {
                let event = event(.anthropic, body(entry.eventType, broken))
                #expect(throws: UndecodableEvent.self) { try entry.swiftType.init(decoding: event) }
            }
        }
    }

    @Test("a thread's event is about its session, and a credential's about its vault")
    func identities() throws {
        let thread = try event(.anthropic, body("session.thread_idled", #","session_thread_id":"t""#))
            .decode(as: Anthropic.SessionThreadIdled.self)
        #expect(thread.sessionID == "o" && thread.threadID == "t")
        let credential = try event(.anthropic, body("vault_credential.refresh_failed", #","vault_id":"v""#))
            .decode(as: Anthropic.VaultCredentialRefreshFailed.self)
        #expect(credential.vaultID == "v" && credential.credentialID == "o")
        let run = try event(.anthropic, body("deployment_run.failed")).decode(as: Anthropic.DeploymentRunFailed.self)
        #expect(run.runID == "o" && run.notice.organizationID == "g")
    }

    /// As `types/beta/beta_webhook_*_event_data.py` of the producer's Python library 2.14.0 has them: an `id`, an
    /// `organization_id`, and no `workspace_id`.
    static let ofOrganization: [(type: String, more: String, ordering: String)] = [
        ("external_key.failed", "", "external_key:o"),
        ("external_key.recovered", "", "external_key:o"),
        ("external_storage.failed", "", "external_storage:o"),
        ("external_storage.recovered", "", "external_storage:o"),
        ("user_profile.enforcement_action_opened", #","enforcement_action_id":"enac_1""#, "user_profile:o"),
        ("user_profile.enforcement_action_resolved", #","enforcement_action_id":"enac_1""#, "user_profile:o"),
        ("user_profile.program_status_updated", "", "user_profile:o"),
    ]

    @Test("what belongs to a whole organization has no workspace, and decodes", arguments: ofOrganization)
    func withoutWorkspace(_ test: (type: String, more: String, ordering: String)) throws {
        let entry = try #require(SourceRegistry.builtIn.events(of: .anthropic).first { $0.eventType == test.type })
        let plain = event(
            .anthropic,
            """
            {"type":"event","id":"1","created_at":"2026-03-15T10:00:00Z","data":{"id":"o","organization_id":"g",\
            "type":"\(test.type)"\(test.more)}}
            """
        )
        #expect(throws: Never.self) { try entry.swiftType.init(decoding: plain) }
        #expect(plain.details.orderingKey == test.ordering)
    }

    @Test(
        "a workspace is told where there is one, and its absence is no fault of any event",
        arguments: [
            (#","workspace_id":"w""#, "w"), ("", nil), (#","workspace_id":null"#, nil),
        ]
    )
    func workspace(_ member: String, _ expected: String?) throws {
        func decoded<Value: WebhookEvent>(_ type: String, _ more: String, as: Value.Type) throws -> Value {
            try event(
                .anthropic,
                """
                {"type":"event","id":"1","created_at":"2026-03-15T10:00:00Z","data":{"type":"\(type)","id":"o",\
                "organization_id":"g"\(more)\(member)}}
                """
            )
            .decode()
        }
        let opened = try decoded(
            "user_profile.enforcement_action_opened",
            #","enforcement_action_id":"enac_1""#,
            as: Anthropic.UserProfileEnforcementActionOpened.self
        )
        #expect(opened.profileID == "o" && opened.actionID == "enac_1" && opened.notice.workspaceID == expected)
        let key = try decoded("external_key.failed", "", as: Anthropic.ExternalKeyFailed.self)
        #expect(key.keyID == "o" && key.notice.workspaceID == expected && key.notice.organizationID == "g")
        let storage = try decoded("external_storage.recovered", "", as: Anthropic.ExternalStorageRecovered.self)
        #expect(storage.storageID == "o" && storage.notice.workspaceID == expected)
        let session = try decoded("session.archived", "", as: Anthropic.SessionArchived.self)
        #expect(session.sessionID == "o" && session.notice.workspaceID == expected)
    }

    @Test("the time has fractions or an offset, and what is no time is odd")
    func createdAt() throws {
        for at in ["2026-03-15T10:00:00.000000Z", "2026-03-15T10:00:00+00:00", "2026-03-15T11:00:00+01:00"] {
            let deleted = try event(.anthropic, body("vault.deleted", at: at)).decode(as: Anthropic.VaultDeleted.self)
            #expect(deleted.notice.createdAt == unix(1_773_568_800))
        }
        let odd = try event(.anthropic, body("vault.deleted", at: "yesterday")).decode(as: Anthropic.VaultDeleted.self)
        #expect(odd.notice.createdAt == nil && odd.oddities.map(\.path) == ["created_at"])
    }

    @Test("look-alikes are types of their own, and alias groups bring them together")
    func lookAlikes() {
        #expect(throws: UndecodableEvent.self) {
            try event(.anthropic, body("session.idled")).decode(as: Anthropic.SessionStatusIdled.self)
        }
        #expect(["session.status_idled", "session.idled"].allSatisfy(Anthropic.isIdle))
        #expect(["session.status_run_started", "session.running"].allSatisfy(Anthropic.isRunning))
        #expect(!["session.status_idle", "session.running"].contains(where: Anthropic.isIdle))
        #expect(!["session.status_running", "session.idled"].contains(where: Anthropic.isRunning))
    }

    @Test(
        "types to come have no Swift type, and harm nothing",
        arguments: ["session.status_scheduled", "skill.created"]
    )
    func unknown(_ type: String) {
        #expect(!SourceRegistry.builtIn.events(of: .anthropic).contains { $0.eventType == type })
        let event = event(.anthropic, body(type))
        #expect(event.type == type && event.details.orderingKey?.hasSuffix(":o") == true)
    }
}
