import PostroomCore

extension Anthropic {
    /// An environment came to be.
    public struct EnvironmentCreated: AnthropicEnvironmentEvent {
        /// `environment.created`.
        public static let eventTypes = ["environment.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the environment.
        public let environmentID: String
    }

    /// An environment changed.
    public struct EnvironmentUpdated: AnthropicEnvironmentEvent {
        /// `environment.updated`.
        public static let eventTypes = ["environment.updated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the environment.
        public let environmentID: String
    }

    /// An environment was archived.
    public struct EnvironmentArchived: AnthropicEnvironmentEvent {
        /// `environment.archived`.
        public static let eventTypes = ["environment.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the environment.
        public let environmentID: String
    }

    /// An environment was deleted.
    ///
    /// It is the last word on the environment, and may overtake the events before it.
    public struct EnvironmentDeleted: AnthropicEnvironmentEvent {
        /// `environment.deleted`.
        public static let eventTypes = ["environment.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the environment.
        public let environmentID: String
    }
}
