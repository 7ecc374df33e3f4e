import PostroomCore

// Anthropic's events say no more than whose they are and which object they are about. What they share is read here; a
// type states its fields, and its memberwise initializer is the requirement.

/// An event about a session.
protocol SessionEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, sessionID: String)
}

extension SessionEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            sessionID: data.value("id")
        )
    }
}

/// An event about a thread inside a session.
protocol SessionThreadEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, sessionID: String, threadID: String)
}

extension SessionThreadEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            sessionID: data.value("id"),
            threadID: data.value("session_thread_id")
        )
    }
}

/// An event about a vault.
protocol VaultEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, vaultID: String)
}

extension VaultEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            vaultID: data.value("id")
        )
    }
}

/// An event about a credential inside a vault.
protocol VaultCredentialEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, vaultID: String, credentialID: String)
}

extension VaultCredentialEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            vaultID: data.value("vault_id"),
            credentialID: data.value("id")
        )
    }
}

/// An event about an agent.
protocol AgentEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, agentID: String)
}

extension AgentEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            agentID: data.value("id")
        )
    }
}

/// An event about a deployment.
protocol DeploymentEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, deploymentID: String)
}

extension DeploymentEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            deploymentID: data.value("id")
        )
    }
}

/// An event about a deployment's run.
protocol DeploymentRunEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, runID: String)
}

extension DeploymentRunEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            runID: data.value("id")
        )
    }
}

/// An event about an environment.
protocol EnvironmentEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, environmentID: String)
}

extension EnvironmentEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            environmentID: data.value("id")
        )
    }
}

/// An event about a memory store.
protocol MemoryStoreEvent: EnvelopedEvent where Envelope == AnthropicEnvelope {
    init(notice: Anthropic.Notice, storeID: String)
}

extension MemoryStoreEvent {
    init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Anthropic.Notice(envelope, data),
            storeID: data.value("id")
        )
    }
}
