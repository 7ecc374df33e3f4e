import PostroomCore

// Most events of Dynamic carry one object. What they share is read here; a type states its fields, and its memberwise
// initializer is the requirement.

/// An event that carries a user.
protocol DynamicUserEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, user: Dynamic.User)
}

extension DynamicUserEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), user: Dynamic.User(data))
    }
}

/// An event that carries an account at another provider, which Dynamic calls a provider.
protocol DynamicSocialEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, linkID: String?, userID: String?, account: Dynamic.SocialAccount, json: RawJSON)
}

extension DynamicSocialEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Dynamic.Notice(envelope),
            linkID: data.optionalID("id"),
            userID: data.optionalID("userId"),
            account: Dynamic.SocialAccount(data),
            json: envelope.root.raw("data")
        )
    }
}

/// An event that carries a session.
protocol DynamicUserSessionEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, session: Dynamic.Session)
}

extension DynamicUserSessionEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), session: Dynamic.Session(data))
    }
}

/// An event that carries a wallet.
protocol DynamicWalletEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, wallet: Dynamic.Wallet)
}

extension DynamicWalletEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), wallet: Dynamic.Wallet(data))
    }
}

/// An event that carries a wallet and what it signed.
protocol DynamicSignatureEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, wallet: Dynamic.Wallet, json: RawJSON)
}

extension DynamicSignatureEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), wallet: Dynamic.Wallet(data), json: envelope.root.raw("data"))
    }
}

/// An event that carries the verdict on an address.
protocol DynamicScreeningEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, screening: Dynamic.Screening, json: RawJSON)
}

extension DynamicScreeningEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Dynamic.Notice(envelope),
            screening: Dynamic.Screening(data),
            json: envelope.root.raw("data")
        )
    }
}

/// An event that carries a business account.
protocol DynamicBusinessAccountEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, account: Dynamic.BusinessAccount)
}

extension DynamicBusinessAccountEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(
            notice: Dynamic.Notice(envelope),
            account: Dynamic.BusinessAccount(data, envelope.root.raw("data"))
        )
    }
}

/// An event that carries a step of a flow.
protocol DynamicFlowEvent: EnvelopedEvent where Envelope == DynamicEnvelope {
    init(notice: Dynamic.Notice, transition: Dynamic.FlowTransition)
}

extension DynamicFlowEvent {
    init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
        try self.init(notice: Dynamic.Notice(envelope), transition: Dynamic.FlowTransition(data))
    }
}
