import PostroomCore

extension Wacht {
    /// A user added an email address.
    public struct UserEmailAdded: WachtUserAddressEvent {
        /// `user.email.added`.
        public static let eventTypes = ["user.email.added"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the email address: a 64-bit number in decimal.
        public let addressID: String
        /// The user, which Wacht adds only sometimes.
        public let user: User?
    }

    /// A user removed an email address.
    public struct UserEmailRemoved: WachtUserAddressEvent {
        /// `user.email.removed`.
        public static let eventTypes = ["user.email.removed"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the email address: a 64-bit number in decimal.
        public let addressID: String
        /// The user, which Wacht adds only sometimes.
        public let user: User?
    }

    /// A user showed that an email address is theirs.
    public struct UserEmailVerified: WachtUserAddressEvent {
        /// `user.email.verified`.
        public static let eventTypes = ["user.email.verified"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the email address: a 64-bit number in decimal.
        public let addressID: String
        /// The user, which Wacht adds only sometimes.
        public let user: User?
    }

    /// A user added a phone number.
    public struct UserPhoneAdded: WachtUserAddressEvent {
        /// `user.phone.added`.
        public static let eventTypes = ["user.phone.added"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the phone number: a 64-bit number in decimal.
        public let addressID: String
        /// The user, which Wacht adds only sometimes.
        public let user: User?
    }

    /// A user removed a phone number.
    public struct UserPhoneRemoved: WachtUserAddressEvent {
        /// `user.phone.removed`.
        public static let eventTypes = ["user.phone.removed"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the phone number: a 64-bit number in decimal.
        public let addressID: String
        /// The user, which Wacht adds only sometimes.
        public let user: User?
    }

    /// A user showed that a phone number is theirs.
    public struct UserPhoneVerified: WachtUserAddressEvent {
        /// `user.phone.verified`.
        public static let eventTypes = ["user.phone.verified"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the phone number: a 64-bit number in decimal.
        public let addressID: String
        /// The user, which Wacht adds only sometimes.
        public let user: User?
    }
}
