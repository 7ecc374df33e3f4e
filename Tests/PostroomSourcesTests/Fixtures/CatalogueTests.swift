import PostroomCore
import Testing

@testable import PostroomSources

@Suite("What the catalogue holds")
struct CatalogueTests {
    static let expected: [(source: Source, count: Int, names: [String: String])] = [
        (
            .wacht, 69,
            [
                "user.created": "UserCreated", "user.phone.verified": "UserPhoneVerified",
                "user.mfa.enabled": "UserMFAEnabled", "session.expired": "SessionExpired",
                "organization.member.role.updated": "OrganizationMemberRoleUpdated",
                "workspace.invitation.revoked": "WorkspaceInvitationRevoked", "api_key.rotated": "APIKeyRotated",
                "agent.model.usage": "AgentModelUsage", "agent.thread.platform_event": "AgentThreadPlatformEvent",
                "waitlist.entry.approved": "WaitlistEntryApproved", "test.webhook": "TestWebhook",
                "agent.before_llm_hook.failed": "AgentBeforeLLMHookFailed",
                "agent.execution_end_hook.skipped": "AgentExecutionEndHookSkipped",
            ]
        ),
        (
            .anthropic, 51,
            [
                "session.status_idled": "SessionStatusIdled", "session.requires_action": "SessionRequiresAction",
                "vault_credential.refresh_failed": "VaultCredentialRefreshFailed",
                "session.budget_reached": "SessionBudgetReached", "deployment.unpaused": "DeploymentUnpaused",
                "deployment_run.succeeded": "DeploymentRunSucceeded", "memory_store.archived": "MemoryStoreArchived",
                "external_key.recovered": "ExternalKeyRecovered", "external_storage.failed": "ExternalStorageFailed",
                "user_profile.program_status_updated": "UserProfileProgramStatusUpdated",
            ]
        ),
        (
            .wakit, 11,
            [
                "messages.insert": "MessageInserted", "conversations.update": "ConversationUpdated",
                "contacts_addresses.insert": "ContactAddressInserted",
                "organizations_addresses.update": "OrganizationAddressUpdated", "logs.insert": "LogInserted",
            ]
        ),
        (
            .dynamic, 39,
            [
                "ping": "Ping", "wallet.linked": "WalletLinked",
                "user.passkeyRecovery.started": "UserPasskeyRecoveryStarted",
                "wallet.delegation.created": "WalletDelegationCreated",
                "businessAccount.member.roleChanged": "BusinessAccountMemberRoleChanged",
                "flow.settlement.updated": "FlowSettlementUpdated", "waas.policy.violation": "WaasPolicyViolation",
                "wallet.delegation.signature": "WalletDelegationSignature", "wallet.signature": "WalletSignature",
                "wallet.sanctions.blocked": "WalletSanctionsBlocked",
                "wallet.addressScreening.alerted": "WalletAddressScreeningAlerted",
            ]
        ),
        (
            .nyuchi, 5,
            [
                "user.created": "UserCreated", "user.deactivated": "UserDeactivated",
                "project.updated": "ProjectUpdated",
                "report.completed": "ReportCompleted", "sync.failed": "SyncFailed",
            ]
        ),
    ]

    @Test("every known type has a Swift type of its own, named after it", arguments: expected)
    func complete(_ test: (source: Source, count: Int, names: [String: String])) {
        let events = SourceRegistry.builtIn.events(of: test.source)
        #expect(events.count == test.count)
        #expect(Set(events.map(\.swiftName)).count == test.count)
        let space = test.source.rawValue.prefix(1).uppercased() + test.source.rawValue.dropFirst()
        for (type, name) in test.names {
            #expect(events.first { $0.eventType == type }?.swiftName == "\(space).\(name)")
        }
    }

    @Test("a Swift type is named as its event type, word for word")
    func names() {
        for entry in SourceRegistry.builtIn.models.flatMap(\.events) where entry.swiftType.source != .wakit {
            let name = entry.swiftName.split(separator: ".").last.map { $0.lowercased() }
            let words = entry.eventType.filter { $0 != "." && $0 != "_" }.lowercased()
            #expect(name == words || entry.eventType == "agent.thread.platform_event")
        }
    }
}
