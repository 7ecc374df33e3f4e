import PostroomCore

// Most events of Dynamic carry one object. What they share is read here; a type states its fields, and its memberwise
// initializer is the requirement.

/// An event that carries a user.
protocol UserEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, user: Dynamic.User)
}

extension UserEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), user: Dynamic.User(data))
    }
}

/// An event that carries a user and what Dynamic does not document.
protocol UserChangeEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, user: Dynamic.User, json: RawJSON)
}

extension UserChangeEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), user: Dynamic.User(data), json: envelope.root.value("data"))
    }
}

/// An event that carries a session.
protocol UserSessionEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, session: Dynamic.Session)
}

extension UserSessionEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), session: Dynamic.Session(data))
    }
}

/// An event that carries a wallet.
protocol WalletEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, wallet: Dynamic.Wallet)
}

extension WalletEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), wallet: Dynamic.Wallet(data))
    }
}

/// An event that carries a business account.
protocol BusinessAccountEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, account: Dynamic.BusinessAccount)
}

extension BusinessAccountEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Dynamic.Notice(envelope),
            account: Dynamic.BusinessAccount(data, envelope.root.value("data"))
        )
    }
}

/// An event that carries a step of a flow.
protocol FlowEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, transition: Dynamic.FlowTransition)
}

extension FlowEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), transition: Dynamic.FlowTransition(data))
    }
}
