import PostroomCore

extension Wacht {
    /// A user came to be, by signing up or by an administrator's hand.
    public struct UserCreated: WachtUserEvent {
        /// `user.created`.
        public static let eventTypes = ["user.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The user, as it was when Wacht put the delivery together, which may be after later changes.
        public let user: User
    }

    /// A user changed, by its own or by an administrator's hand.
    ///
    /// It may overtake ``UserCreated``.
    public struct UserUpdated: WachtUserEvent {
        /// `user.updated`.
        public static let eventTypes = ["user.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The user, as it was when Wacht put the delivery together, which may be after later changes.
        public let user: User
    }

    /// A user was deleted.
    public struct UserDeleted: WachtUserEvent {
        /// `user.deleted`.
        public static let eventTypes = ["user.deleted"]

        /// What the envelope says.
        public let notice: Notice
        /// The user as last known: all of it, or the names alone.
        public let user: User
    }

    /// A user changed the password.
    public struct UserPasswordUpdated: WachtUserEvent {
        /// `user.password.updated`.
        public static let eventTypes = ["user.password.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The user: all of it, or the identity alone.
        public let user: User
    }
}
