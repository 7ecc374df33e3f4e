import PostroomCore

extension Wacht {
    /// A session began.
    ///
    /// It may come after ``SessionDeleted``.
    public struct SessionCreated: WachtSessionEvent {
        /// `session.created`.
        public static let eventTypes = ["session.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The session: all of it, or the identity alone.
        public let session: Session
    }

    /// A session was ended by somebody.
    public struct SessionDeleted: WachtSessionEvent {
        /// `session.deleted`.
        public static let eventTypes = ["session.deleted"]

        /// What the envelope says.
        public let notice: Notice
        /// The session: all of it, or the identity alone.
        public let session: Session
    }

    /// A session ended by itself.
    public struct SessionExpired: WachtSessionEvent {
        /// `session.expired`.
        public static let eventTypes = ["session.expired"]

        /// What the envelope says.
        public let notice: Notice
        /// The session: all of it, or the identity alone.
        public let session: Session
    }
}
