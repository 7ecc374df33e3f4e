import PostroomCore

extension Anthropic {
    /// The bucket of an external storage failed Anthropic's check.
    public struct ExternalStorageFailed: AnthropicExternalStorageEvent {
        /// `external_storage.failed`.
        public static let eventTypes = ["external_storage.failed"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the external storage.
        public let storageID: String
    }

    /// The bucket of an external storage passes Anthropic's check again.
    ///
    /// It may overtake the failure before it; the notice says when each was.
    public struct ExternalStorageRecovered: AnthropicExternalStorageEvent {
        /// `external_storage.recovered`.
        public static let eventTypes = ["external_storage.recovered"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the external storage.
        public let storageID: String
    }
}
