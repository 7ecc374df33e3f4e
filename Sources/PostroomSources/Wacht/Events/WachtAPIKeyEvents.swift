import PostroomCore

extension Wacht {
    /// A key for an interface was made.
    public struct APIKeyCreated: WachtAPIKeyEvent {
        /// `api_key.created`.
        public static let eventTypes = ["api_key.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the key, which is not the key: a 64-bit number in decimal.
        public let apiKeyID: String
    }

    /// A key for an interface was deleted.
    public struct APIKeyDeleted: WachtAPIKeyEvent {
        /// `api_key.deleted`.
        public static let eventTypes = ["api_key.deleted"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the key, which is not the key: a 64-bit number in decimal.
        public let apiKeyID: String
    }

    /// A key for an interface was replaced by a new one.
    public struct APIKeyRotated: WachtAPIKeyEvent {
        /// `api_key.rotated`.
        public static let eventTypes = ["api_key.rotated"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the key, which is not the key: a 64-bit number in decimal.
        public let apiKeyID: String
    }
}
