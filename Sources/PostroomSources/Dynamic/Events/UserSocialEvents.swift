import PostroomCore

extension Dynamic {
    /// A user linked an account at another provider.
    ///
    /// Dynamic sends the provider's record, not the user.
    public struct UserSocialLinked: DynamicSocialEvent {
        /// `user.social.linked`.
        public static let eventTypes = ["user.social.linked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The identity of Dynamic's record of the link; it is not the user's.
        public let linkID: String?
        /// The identity of the user.
        public let userID: String?
        /// The account that was linked.
        public let account: SocialAccount
        /// Everything that Dynamic says of it.
        public let json: RawJSON
    }

    /// A user's account at another provider was unlinked.
    ///
    /// Dynamic sends the provider's record, not the user.
    public struct UserSocialUnlinked: DynamicSocialEvent {
        /// `user.social.unlinked`.
        public static let eventTypes = ["user.social.unlinked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The identity of Dynamic's record of the link; it is not the user's.
        public let linkID: String?
        /// The identity of the user.
        public let userID: String?
        /// The account that was unlinked.
        public let account: SocialAccount
        /// Everything that Dynamic says of it.
        public let json: RawJSON
    }
}
