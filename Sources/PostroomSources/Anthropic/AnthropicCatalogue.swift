extension Anthropic {
    /// The event types of the documentation, in its order.
    private static let documented: [CatalogueEntry] = [
        CatalogueEntry(SessionCreated.self, "a session came to be", sample: sample("sesn_")),
        CatalogueEntry(SessionPending.self, "a session waits to be run", sample: sample("sesn_")),
        CatalogueEntry(SessionRunning.self, "a session runs", sample: sample("sesn_")),
        CatalogueEntry(SessionIdled.self, "a session came to rest (older name)", sample: sample("sesn_")),
        CatalogueEntry(SessionRequiresAction.self, "a session needs someone to act", sample: sample("sesn_")),
        CatalogueEntry(SessionArchived.self, "a session was archived", sample: sample("sesn_")),
        CatalogueEntry(SessionDeleted.self, "a session was deleted", sample: sample("sesn_")),
        CatalogueEntry(SessionStatusRescheduled.self, "a session will be run again", sample: sample("sesn_")),
        CatalogueEntry(SessionStatusRunStarted.self, "a session began to run", sample: sample("sesn_")),
        CatalogueEntry(SessionStatusIdled.self, "a session came to rest", sample: sample("sesn_")),
        CatalogueEntry(SessionStatusTerminated.self, "a session ended for good", sample: sample("sesn_")),
        CatalogueEntry(SessionThreadCreated.self, "a thread inside a session came to be", sample: sampleThread),
        CatalogueEntry(SessionThreadIdled.self, "a thread inside a session came to rest", sample: sampleThread),
        CatalogueEntry(SessionThreadTerminated.self, "a thread inside a session ended for good", sample: sampleThread),
        CatalogueEntry(
            SessionOutcomeEvaluationEnded.self,
            "the outcome of a session has been judged",
            sample: sample("sesn_")
        ),
        CatalogueEntry(VaultCreated.self, "a vault came to be", sample: sample("vlt_")),
        CatalogueEntry(VaultArchived.self, "a vault was archived", sample: sample("vlt_")),
        CatalogueEntry(VaultDeleted.self, "a vault was deleted", sample: sample("vlt_")),
        CatalogueEntry(VaultCredentialCreated.self, "a credential was put into a vault", sample: sampleCredential),
        CatalogueEntry(VaultCredentialArchived.self, "a credential was archived", sample: sampleCredential),
        CatalogueEntry(VaultCredentialDeleted.self, "a credential was deleted", sample: sampleCredential),
        CatalogueEntry(
            VaultCredentialRefreshFailed.self,
            "a credential could not be renewed",
            sample: sampleCredential
        ),
    ]

    /// The event types that later versions of the producer's libraries know.
    private static let later: [CatalogueEntry] = [
        CatalogueEntry(SessionUpdated.self, "a session changed", sample: sample("sesn_")),
        CatalogueEntry(SessionBudgetReached.self, "a session has used up its budget", sample: sample("sesn_")),
        CatalogueEntry(AgentCreated.self, "an agent came to be", sample: sample("agent_")),
        CatalogueEntry(AgentUpdated.self, "an agent changed", sample: sample("agent_")),
        CatalogueEntry(AgentArchived.self, "an agent was archived", sample: sample("agent_")),
        CatalogueEntry(AgentDeleted.self, "an agent was deleted", sample: sample("agent_")),
        CatalogueEntry(DeploymentCreated.self, "a deployment came to be", sample: sample("dep_")),
        CatalogueEntry(DeploymentUpdated.self, "a deployment changed", sample: sample("dep_")),
        CatalogueEntry(DeploymentPaused.self, "a deployment was paused", sample: sample("dep_")),
        CatalogueEntry(DeploymentUnpaused.self, "a deployment goes on", sample: sample("dep_")),
        CatalogueEntry(DeploymentArchived.self, "a deployment was archived", sample: sample("dep_")),
        CatalogueEntry(DeploymentDeleted.self, "a deployment was deleted", sample: sample("dep_")),
        CatalogueEntry(DeploymentRunStarted.self, "a deployment's run began", sample: sample("drun_")),
        CatalogueEntry(DeploymentRunSucceeded.self, "a deployment's run succeeded", sample: sample("drun_")),
        CatalogueEntry(DeploymentRunFailed.self, "a deployment's run failed", sample: sample("drun_")),
        CatalogueEntry(EnvironmentCreated.self, "an environment came to be", sample: sample("env_")),
        CatalogueEntry(EnvironmentUpdated.self, "an environment changed", sample: sample("env_")),
        CatalogueEntry(EnvironmentArchived.self, "an environment was archived", sample: sample("env_")),
        CatalogueEntry(EnvironmentDeleted.self, "an environment was deleted", sample: sample("env_")),
        CatalogueEntry(MemoryStoreCreated.self, "a memory store came to be", sample: sample("memstore_")),
        CatalogueEntry(MemoryStoreArchived.self, "a memory store was archived", sample: sample("memstore_")),
        CatalogueEntry(MemoryStoreDeleted.self, "a memory store was deleted", sample: sample("memstore_")),
        CatalogueEntry(
            UserProfileEnforcementActionOpened.self,
            "an enforcement action on a user profile was opened",
            sample: sampleEnforcementAction
        ),
        CatalogueEntry(
            UserProfileEnforcementActionResolved.self,
            "an enforcement action on a user profile was resolved",
            sample: sampleEnforcementAction
        ),
        CatalogueEntry(
            UserProfileProgramStatusUpdated.self,
            "a user profile's status in a program changed",
            sample: sampleOfOrganization("uprof_")
        ),
        CatalogueEntry(
            ExternalKeyFailed.self,
            "an external key stopped working",
            sample: sampleOfOrganization("ekey_")
        ),
        CatalogueEntry(ExternalKeyRecovered.self, "an external key works again", sample: sampleOfOrganization("ekey_")),
        CatalogueEntry(
            ExternalStorageFailed.self,
            "an external storage failed its check",
            sample: sampleOfOrganization("estrg_")
        ),
        CatalogueEntry(
            ExternalStorageRecovered.self,
            "an external storage passes its check again",
            sample: sampleOfOrganization("estrg_")
        ),
    ]

    static let events = documented + later

    /// Samples of an object whose identities have that prefix.
    private static func sample(_ prefix: String) -> @Sendable (inout SampleValues) -> String {
        { values in object(values.token(prefix, 24), "", &values) }
    }

    @Sendable
    private static func sampleThread(_ values: inout SampleValues) -> String {
        let thread = values.token("sthr_", 24)
        return object(values.token("sesn_", 24), #""session_thread_id":"\#(thread)","#, &values)
    }

    @Sendable
    private static func sampleCredential(_ values: inout SampleValues) -> String {
        let vault = values.token("vlt_", 24)
        return object(values.token("vcrd_", 24), #""vault_id":"\#(vault)","#, &values)
    }

    /// Samples of an object of a whole organization, which names no workspace.
    private static func sampleOfOrganization(_ prefix: String) -> @Sendable (inout SampleValues) -> String {
        { values in
            #""id":"\#(values.token(prefix, 24))","organization_id":"\#(values.token("org_", 24))""#
        }
    }

    @Sendable
    private static func sampleEnforcementAction(_ values: inout SampleValues) -> String {
        let profile = sampleOfOrganization("uprof_")(&values)
        return #"\#(profile),"enforcement_action_id":"\#(values.token("enac_", 24))""#
    }

    private static func object(_ id: String, _ more: String, _ values: inout SampleValues) -> String {
        """
        "id":"\(id)","organization_id":"\(values.token("org_", 24))",\(more)\
        "workspace_id":"\(values.token("wrkspc_", 24))"
        """
    }
}
