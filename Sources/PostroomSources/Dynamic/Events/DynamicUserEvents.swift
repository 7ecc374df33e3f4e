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
    public struct UserMerged: DynamicUserChangeEvent {
        /// `user.merged`.
        public static let eventTypes = ["user.merged"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user.
        public let user: User
        /// Everything that Dynamic says of it, which it does not document.
        public let json: RawJSON
    }

    /// An email address no longer belongs to a user.
    public struct UserEmailUnlinked: DynamicUserChangeEvent {
        /// `user.email.unlinked`.
        public static let eventTypes = ["user.email.unlinked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user.
        public let user: User
        /// Everything that Dynamic says of it, which it does not document.
        public let json: RawJSON
    }

    /// A user linked an account at another provider.
    public struct UserSocialLinked: DynamicUserChangeEvent {
        /// `user.social.linked`.
        public static let eventTypes = ["user.social.linked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user.
        public let user: User
        /// Everything that Dynamic says of it, which it does not document.
        public let json: RawJSON
    }

    /// A user's account at another provider was unlinked.
    public struct UserSocialUnlinked: DynamicUserChangeEvent {
        /// `user.social.unlinked`.
        public static let eventTypes = ["user.social.unlinked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The user.
        public let user: User
        /// Everything that Dynamic says of it, which it does not document.
        public let json: RawJSON
    }
}
