import PostroomCore

extension Dynamic {
    /// A user signed in.
    ///
    /// The user's own events are not sent for it.
    public struct UserSessionCreated: DynamicUserSessionEvent {
        /// `user.session.created`.
        public static let eventTypes = ["user.session.created"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The session.
        public let session: Session
    }

    /// A user's session was ended.
    public struct UserSessionRevoked: DynamicUserSessionEvent {
        /// `user.session.revoked`.
        public static let eventTypes = ["user.session.revoked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The session.
        public let session: Session
    }
}
