import PostroomCore

extension Dynamic {
    /// A user came to be.
    ///
    /// At a first sign-in it comes together with ``UserSessionCreated``, in any order.
    public struct UserCreated: DynamicUserEvent {
        /// `user.created`.
        public static let eventTypes = ["user.created"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user.
        public let user: User
    }

    /// A user changed.
    public struct UserUpdated: DynamicUserEvent {
        /// `user.updated`.
        public static let eventTypes = ["user.updated"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user.
        public let user: User
    }

    /// Two users became one.
    public struct UserMerged: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `user.merged`.
        public static let eventTypes = ["user.merged"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user that is left.
        public let user: User
        /// Everything that Dynamic says of it, the identity of the user that is no more included; it does not document how.
        public let json: RawJSON

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.user = try User(data)
            self.json = envelope.root.raw("data")
        }
    }

    /// An email address no longer belongs to a user.
    public struct UserEmailUnlinked: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `user.email.unlinked`.
        public static let eventTypes = ["user.email.unlinked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The identity of the user.
        public let userID: String?
        /// Everything that Dynamic says of it, which it does not document.
        ///
        /// Its `id` need not be the user's.
        public let json: RawJSON

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.userID = data.optionalID("userId")
            self.json = envelope.root.raw("data")
        }
    }
}
