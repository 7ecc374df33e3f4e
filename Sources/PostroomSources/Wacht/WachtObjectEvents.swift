import PostroomCore

// Most events of Wacht carry one object or its identity. What they share is read here; a type states its fields, and its
// memberwise initializer is the requirement.

/// An event that carries a user.
protocol WachtUserEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, user: Wacht.User)
}

extension WachtUserEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), user: Wacht.User(data))
    }
}

/// An event about an address of a user, whose user Wacht adds where it finds one.
protocol WachtUserAddressEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, addressID: String, user: Wacht.User?)
}

extension WachtUserAddressEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Wacht.Notice(envelope),
            addressID: data.id("entity_id"),
            user: data.optionalID("id") == nil ? nil : Wacht.User(data)
        )
    }
}

/// An event that carries a second factor.
protocol WachtAuthenticatorEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, authenticator: Wacht.Authenticator)
}

extension WachtAuthenticatorEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), authenticator: Wacht.Authenticator(data))
    }
}

/// An event that carries a session.
protocol WachtSessionEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, session: Wacht.Session)
}

extension WachtSessionEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), session: Wacht.Session(data))
    }
}

/// An event that carries an organization.
protocol WachtOrganizationEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, organization: Wacht.Organization)
}

extension WachtOrganizationEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), organization: Wacht.Organization(data))
    }
}

/// An event that carries a workspace.
protocol WachtWorkspaceEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, workspace: Wacht.Workspace)
}

extension WachtWorkspaceEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), workspace: Wacht.Workspace(data))
    }
}

/// An event about a membership.
protocol WachtMembershipEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, membershipID: String)
}

extension WachtMembershipEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), membershipID: data.id("entity_id"))
    }
}

/// An event about an invitation.
protocol WachtInvitationEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, invitationID: String)
}

extension WachtInvitationEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), invitationID: data.id("entity_id"))
    }
}

/// An event about a key for an interface.
protocol WachtAPIKeyEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, apiKeyID: String)
}

extension WachtAPIKeyEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), apiKeyID: data.id("entity_id"))
    }
}

/// An event about an agent.
protocol WachtAgentEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, agentID: String)
}

extension WachtAgentEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), agentID: data.id("entity_id"))
    }
}

/// An event about an execution of an agent.
protocol WachtExecutionEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, executionID: String)
}

extension WachtExecutionEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), executionID: data.id("entity_id"))
    }
}

/// An event about an entry of a waiting list.
protocol WachtWaitlistEvent: EnvelopedEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, entryID: String)
}

extension WachtWaitlistEvent {
    init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Wacht.Notice(envelope), entryID: data.id("entity_id"))
    }
}

/// An event about a hook that succeeded.
protocol WachtHookSucceededEvent: EnvelopeEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, hook: Wacht.HookRun, output: RawJSON?)
}

extension WachtHookSucceededEvent {
    init(_ envelope: WachtEnvelope) {
        let data = envelope.looseData
        self.init(notice: Wacht.Notice(envelope), hook: Wacht.HookRun(data), output: data.optional("output"))
    }
}

/// An event about a hook that failed.
protocol WachtHookFailedEvent: EnvelopeEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, hook: Wacht.HookRun, errorMessage: String?)
}

extension WachtHookFailedEvent {
    init(_ envelope: WachtEnvelope) {
        let data = envelope.looseData
        self.init(
            notice: Wacht.Notice(envelope),
            hook: Wacht.HookRun(data),
            errorMessage: data.optional("error_message")
        )
    }
}

/// An event about a hook that was skipped.
protocol WachtHookSkippedEvent: EnvelopeEvent where Envelope == WachtEnvelope {
    init(notice: Wacht.Notice, hook: Wacht.HookRun, reason: String?)
}

extension WachtHookSkippedEvent {
    init(_ envelope: WachtEnvelope) {
        let data = envelope.looseData
        self.init(notice: Wacht.Notice(envelope), hook: Wacht.HookRun(data), reason: data.optional("reason"))
    }
}
