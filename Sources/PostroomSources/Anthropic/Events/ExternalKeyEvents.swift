import PostroomCore

extension Anthropic {
    /// A key that the organization keeps outside Anthropic stopped working.
    public struct ExternalKeyFailed: AnthropicExternalKeyEvent {
        /// `external_key.failed`.
        public static let eventTypes = ["external_key.failed"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the external key.
        public let keyID: String
    }

    /// A key that the organization keeps outside Anthropic works again.
    ///
    /// It may overtake the failure before it; the notice says when each was.
    public struct ExternalKeyRecovered: AnthropicExternalKeyEvent {
        /// `external_key.recovered`.
        public static let eventTypes = ["external_key.recovered"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the external key.
        public let keyID: String
    }
}
