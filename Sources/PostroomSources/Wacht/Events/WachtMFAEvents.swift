import PostroomCore

extension Wacht {
    /// A user set up a second factor.
    public struct UserMFAEnabled: WachtAuthenticatorEvent {
        /// `user.mfa.enabled`.
        public static let eventTypes = ["user.mfa.enabled"]

        /// What the envelope says.
        public let notice: Notice
        /// The second factor.
        public let authenticator: Authenticator
    }

    /// A user gave up a second factor.
    public struct UserMFADisabled: WachtAuthenticatorEvent {
        /// `user.mfa.disabled`.
        public static let eventTypes = ["user.mfa.disabled"]

        /// What the envelope says.
        public let notice: Notice
        /// The second factor.
        public let authenticator: Authenticator
    }
}
