import PostroomCore

// Anthropic's events say no more than whose they are and which object they are about. What they share is read here; a
// type states its fields, and its memberwise initializer is the requirement.

/// An event about a session.
protocol AnthropicSessionEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, sessionID: String)
}

extension AnthropicSessionEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            sessionID: data.value("id")
        )
    }
}

/// An event about a thread inside a session.
protocol AnthropicSessionThreadEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, sessionID: String, threadID: String)
}

extension AnthropicSessionThreadEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            sessionID: data.value("id"),
            threadID: data.value("session_thread_id")
        )
    }
}

/// An event about a vault.
protocol AnthropicVaultEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, vaultID: String)
}

extension AnthropicVaultEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            vaultID: data.value("id")
        )
    }
}

/// An event about a credential inside a vault.
protocol AnthropicVaultCredentialEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, vaultID: String, credentialID: String)
}

extension AnthropicVaultCredentialEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            vaultID: data.value("vault_id"),
            credentialID: data.value("id")
        )
    }
}

/// An event about an agent.
protocol AnthropicAgentEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, agentID: String)
}

extension AnthropicAgentEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            agentID: data.value("id")
        )
    }
}

/// An event about a deployment.
protocol AnthropicDeploymentEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, deploymentID: String)
}

extension AnthropicDeploymentEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            deploymentID: data.value("id")
        )
    }
}

/// An event about a deployment's run.
protocol AnthropicDeploymentRunEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, runID: String)
}

extension AnthropicDeploymentRunEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            runID: data.value("id")
        )
    }
}

/// An event about an environment.
protocol AnthropicEnvironmentEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, environmentID: String)
}

extension AnthropicEnvironmentEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            environmentID: data.value("id")
        )
    }
}

/// An event about a memory store.
protocol AnthropicMemoryStoreEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, storeID: String)
}

extension AnthropicMemoryStoreEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            storeID: data.value("id")
        )
    }
}

/// An event about a key that the organization keeps outside Anthropic.
protocol AnthropicExternalKeyEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, keyID: String)
}

extension AnthropicExternalKeyEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            keyID: data.value("id")
        )
    }
}

/// An event about storage that the organization keeps outside Anthropic.
protocol AnthropicExternalStorageEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, storageID: String)
}

extension AnthropicExternalStorageEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            storageID: data.value("id")
        )
    }
}

/// An event about an enforcement action on a user profile.
protocol AnthropicEnforcementActionEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, profileID: String, actionID: String)
}

extension AnthropicEnforcementActionEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            profileID: data.value("id"),
            actionID: data.value("enforcement_action_id")
        )
    }
}
