import PostroomCore

extension Nyuchi {
    /// A user accepted an invitation and activated the account.
    ///
    /// It may come after ``UserDeactivated``.
    public struct UserCreated: EnvelopedEvent {
        typealias Envelope = NyuchiEnvelope

        /// `user.created`.
        public static let eventTypes = ["user.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the user.
        public let userID: String
        /// The email address.
        public let email: String?
        /// What the user may do in the workspace.
        public let role: Role?

        init(_ envelope: NyuchiEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope, data)
            self.userID = try data.id("user_id")
            self.email = data.optional("email")
            self.role = data.optional("role")
        }
    }

    /// An administrator of the workspace deactivated a user's account.
    public struct UserDeactivated: EnvelopedEvent {
        typealias Envelope = NyuchiEnvelope

        /// `user.deactivated`.
        public static let eventTypes = ["user.deactivated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the user.
        public let userID: String
        /// The identity of the administrator.
        public let deactivatedBy: String?

        init(_ envelope: NyuchiEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope, data)
            self.userID = try data.id("user_id")
            self.deactivatedBy = data.optionalID("deactivated_by")
        }
    }

    /// What a user may do in a workspace.
    public struct Role: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Works in it.
        public static let member = Role(rawValue: "member")
        /// Manages it.
        public static let admin = Role(rawValue: "admin")
    }
}
