import PostroomCore

extension Anthropic {
    /// An enforcement action on a user profile was opened.
    public struct UserProfileEnforcementActionOpened: AnthropicEnforcementActionEvent {
        /// `user_profile.enforcement_action_opened`.
        public static let eventTypes = ["user_profile.enforcement_action_opened"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the user profile that the action is on.
        public let profileID: String
        /// The identity of the enforcement action.
        public let actionID: String
    }

    /// An enforcement action on a user profile was resolved.
    ///
    /// It may overtake the event that opened it.
    public struct UserProfileEnforcementActionResolved: AnthropicEnforcementActionEvent {
        /// `user_profile.enforcement_action_resolved`.
        public static let eventTypes = ["user_profile.enforcement_action_resolved"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the user profile that the action is on.
        public let profileID: String
        /// The identity of the enforcement action.
        public let actionID: String
    }

    /// The status of a user profile in one of Anthropic's programs changed.
    ///
    /// Fetch the profile to learn the status.
    public struct UserProfileProgramStatusUpdated: EnvelopedEvent {
        typealias Envelope = AnthropicEnvelope

        /// `user_profile.program_status_updated`.
        public static let eventTypes = ["user_profile.program_status_updated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the user profile.
        public let profileID: String

        init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope, data)
            self.profileID = try data.value("id")
        }
    }
}
