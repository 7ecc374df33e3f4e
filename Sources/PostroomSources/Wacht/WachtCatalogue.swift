extension Wacht {
    /// The event types of the documentation, in its order.
    private static let documented: [CatalogueEntry] = [
        CatalogueEntry(UserCreated.self, "a user came to be", sample: sampleUser),
        CatalogueEntry(UserUpdated.self, "a user changed", sample: sampleUser),
        CatalogueEntry(UserDeleted.self, "a user was deleted", sample: sampleNamedUser),
        CatalogueEntry(UserPasswordUpdated.self, "a user changed the password", sample: sampleBareUser),
        CatalogueEntry(UserEmailAdded.self, "a user added an email address", sample: sampleEntity("user_email")),
        CatalogueEntry(UserEmailRemoved.self, "a user removed an email address", sample: sampleEntity("user_email")),
        CatalogueEntry(UserEmailVerified.self, "a user verified an email address", sample: sampleEntity("user_email")),
        CatalogueEntry(UserPhoneAdded.self, "a user added a phone number", sample: sampleEntity("user_phone")),
        CatalogueEntry(UserPhoneRemoved.self, "a user removed a phone number", sample: sampleEntity("user_phone")),
        CatalogueEntry(UserPhoneVerified.self, "a user verified a phone number", sample: sampleEntity("user_phone")),
        CatalogueEntry(UserMFAEnabled.self, "a user set up a second factor", sample: sampleAuthenticator),
        CatalogueEntry(UserMFADisabled.self, "a user gave up a second factor", sample: sampleGivenUpAuthenticator),
        CatalogueEntry(SessionCreated.self, "a session began", sample: sampleSession),
        CatalogueEntry(SessionDeleted.self, "a session was ended", sample: sampleSession),
        CatalogueEntry(SessionExpired.self, "a session ended by itself", sample: sampleEntity("session")),
        CatalogueEntry(OrganizationCreated.self, "an organization came to be", sample: sampleOrganization),
        CatalogueEntry(OrganizationUpdated.self, "an organization changed", sample: sampleNamed("organization")),
        CatalogueEntry(OrganizationDeleted.self, "an organization was deleted", sample: sampleEntity("organization")),
        CatalogueEntry(
            OrganizationMemberAdded.self,
            "an organization got a member",
            sample: sampleEntity("organization_membership")
        ),
        CatalogueEntry(
            OrganizationMemberRemoved.self,
            "an organization lost a member",
            sample: sampleEntity("organization_membership")
        ),
        CatalogueEntry(
            OrganizationMemberRoleUpdated.self,
            "a member of an organization got another role",
            sample: sampleEntity("organization_membership")
        ),
        CatalogueEntry(
            OrganizationInvitationCreated.self,
            "somebody was invited into an organization",
            sample: sampleEntity("organization_invitation")
        ),
        CatalogueEntry(
            OrganizationInvitationAccepted.self,
            "an invitation into an organization was accepted",
            sample: sampleEntity("organization_invitation")
        ),
        CatalogueEntry(
            OrganizationInvitationRevoked.self,
            "an invitation into an organization was taken back",
            sample: sampleEntity("organization_invitation")
        ),
        CatalogueEntry(WorkspaceCreated.self, "a workspace came to be", sample: sampleWorkspace),
        CatalogueEntry(WorkspaceUpdated.self, "a workspace changed", sample: sampleNamed("workspace")),
        CatalogueEntry(WorkspaceDeleted.self, "a workspace was deleted", sample: sampleEntity("workspace")),
        CatalogueEntry(
            WorkspaceMemberAdded.self,
            "a workspace got a member",
            sample: sampleEntity("workspace_membership")
        ),
        CatalogueEntry(
            WorkspaceMemberRemoved.self,
            "a workspace lost a member",
            sample: sampleEntity("workspace_membership")
        ),
        CatalogueEntry(
            WorkspaceMemberRoleUpdated.self,
            "a member of a workspace got another role",
            sample: sampleEntity("workspace_membership")
        ),
        CatalogueEntry(
            WorkspaceInvitationCreated.self,
            "somebody was invited into a workspace",
            sample: sampleEntity("workspace_invitation")
        ),
        CatalogueEntry(
            WorkspaceInvitationAccepted.self,
            "an invitation into a workspace was accepted",
            sample: sampleEntity("workspace_invitation")
        ),
        CatalogueEntry(
            WorkspaceInvitationRevoked.self,
            "an invitation into a workspace was taken back",
            sample: sampleEntity("workspace_invitation")
        ),
        CatalogueEntry(APIKeyCreated.self, "an API key was made", sample: sampleEntity("api_key")),
        CatalogueEntry(APIKeyDeleted.self, "an API key was deleted", sample: sampleEntity("api_key")),
        CatalogueEntry(APIKeyRotated.self, "an API key was replaced", sample: sampleEntity("api_key")),
        CatalogueEntry(AgentCreated.self, "an agent came to be", sample: sampleEntity("agent")),
        CatalogueEntry(AgentUpdated.self, "an agent changed", sample: sampleEntity("agent")),
        CatalogueEntry(AgentDeleted.self, "an agent was deleted", sample: sampleEntity("agent")),
        CatalogueEntry(
            AgentExecutionStarted.self,
            "an agent began an execution",
            sample: sampleEntity("agent_execution")
        ),
        CatalogueEntry(
            AgentExecutionCompleted.self,
            "an agent completed an execution",
            sample: sampleEntity("agent_execution")
        ),
        CatalogueEntry(
            AgentExecutionFailed.self,
            "an agent's execution failed",
            sample: sampleEntity("agent_execution")
        ),
        CatalogueEntry(AgentModelUsage.self, "an agent called a model", sample: sampleModelUsage),
        CatalogueEntry(
            AgentThreadMessage.self,
            "a message was written into an agent's thread",
            sample: sampleThreadMessage
        ),
        CatalogueEntry(
            AgentThreadPlatformEvent.self,
            "something happened in an agent's thread",
            sample: samplePlatformEvent
        ),
        CatalogueEntry(
            WaitlistEntryCreated.self,
            "somebody entered a waiting list",
            sample: sampleEntity("waitlist_entry")
        ),
        CatalogueEntry(
            WaitlistEntryApproved.self,
            "somebody on a waiting list was let in",
            sample: sampleEntity("waitlist_entry")
        ),
    ]

    /// The event types that the documentation leaves out.
    private static let undocumented: [CatalogueEntry] = [
        CatalogueEntry(TestWebhook.self, "an operator tried the endpoint", sample: sampleTest),
        CatalogueEntry(
            AgentExecutionStartHookSucceeded.self,
            "a hook at the start of an execution succeeded",
            sample: sampleHook("execution_start", "succeeded")
        ),
        CatalogueEntry(
            AgentBeforeLLMHookSucceeded.self,
            "a hook before a call of a model succeeded",
            sample: sampleHook("before_llm", "succeeded")
        ),
        CatalogueEntry(
            AgentAfterLLMHookSucceeded.self,
            "a hook after a call of a model succeeded",
            sample: sampleHook("after_llm", "succeeded")
        ),
        CatalogueEntry(
            AgentBeforeToolHookSucceeded.self,
            "a hook before a call of a tool succeeded",
            sample: sampleHook("before_tool", "succeeded")
        ),
        CatalogueEntry(
            AgentAfterToolHookSucceeded.self,
            "a hook after a call of a tool succeeded",
            sample: sampleHook("after_tool", "succeeded")
        ),
        CatalogueEntry(
            AgentOnBudgetExhaustedHookSucceeded.self,
            "a hook when a budget was used up succeeded",
            sample: sampleHook("on_budget_exhausted", "succeeded")
        ),
        CatalogueEntry(
            AgentExecutionEndHookSucceeded.self,
            "a hook at the end of an execution succeeded",
            sample: sampleHook("execution_end", "succeeded")
        ),
        CatalogueEntry(
            AgentExecutionStartHookFailed.self,
            "a hook at the start of an execution failed",
            sample: sampleHook("execution_start", "failed")
        ),
        CatalogueEntry(
            AgentBeforeLLMHookFailed.self,
            "a hook before a call of a model failed",
            sample: sampleHook("before_llm", "failed")
        ),
        CatalogueEntry(
            AgentAfterLLMHookFailed.self,
            "a hook after a call of a model failed",
            sample: sampleHook("after_llm", "failed")
        ),
        CatalogueEntry(
            AgentBeforeToolHookFailed.self,
            "a hook before a call of a tool failed",
            sample: sampleHook("before_tool", "failed")
        ),
        CatalogueEntry(
            AgentAfterToolHookFailed.self,
            "a hook after a call of a tool failed",
            sample: sampleHook("after_tool", "failed")
        ),
        CatalogueEntry(
            AgentOnBudgetExhaustedHookFailed.self,
            "a hook when a budget was used up failed",
            sample: sampleHook("on_budget_exhausted", "failed")
        ),
        CatalogueEntry(
            AgentExecutionEndHookFailed.self,
            "a hook at the end of an execution failed",
            sample: sampleHook("execution_end", "failed")
        ),
        CatalogueEntry(
            AgentExecutionStartHookSkipped.self,
            "a hook at the start of an execution was skipped",
            sample: sampleHook("execution_start", "skipped")
        ),
        CatalogueEntry(
            AgentBeforeLLMHookSkipped.self,
            "a hook before a call of a model was skipped",
            sample: sampleHook("before_llm", "skipped")
        ),
        CatalogueEntry(
            AgentAfterLLMHookSkipped.self,
            "a hook after a call of a model was skipped",
            sample: sampleHook("after_llm", "skipped")
        ),
        CatalogueEntry(
            AgentBeforeToolHookSkipped.self,
            "a hook before a call of a tool was skipped",
            sample: sampleHook("before_tool", "skipped")
        ),
        CatalogueEntry(
            AgentAfterToolHookSkipped.self,
            "a hook after a call of a tool was skipped",
            sample: sampleHook("after_tool", "skipped")
        ),
        CatalogueEntry(
            AgentOnBudgetExhaustedHookSkipped.self,
            "a hook when a budget was used up was skipped",
            sample: sampleHook("on_budget_exhausted", "skipped")
        ),
        CatalogueEntry(
            AgentExecutionEndHookSkipped.self,
            "a hook at the end of an execution was skipped",
            sample: sampleHook("execution_end", "skipped")
        ),
    ]

    static let events = documented + undocumented
}
