import PostroomCore

extension Anthropic {
    /// A deployment came to be.
    public struct DeploymentCreated: AnthropicDeploymentEvent {
        /// `deployment.created`.
        public static let eventTypes = ["deployment.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the deployment.
        public let deploymentID: String
    }

    /// A deployment changed.
    public struct DeploymentUpdated: AnthropicDeploymentEvent {
        /// `deployment.updated`.
        public static let eventTypes = ["deployment.updated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the deployment.
        public let deploymentID: String
    }

    /// A deployment was paused: it starts no runs.
    public struct DeploymentPaused: AnthropicDeploymentEvent {
        /// `deployment.paused`.
        public static let eventTypes = ["deployment.paused"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the deployment.
        public let deploymentID: String
    }

    /// A deployment goes on after a pause.
    public struct DeploymentUnpaused: AnthropicDeploymentEvent {
        /// `deployment.unpaused`.
        public static let eventTypes = ["deployment.unpaused"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the deployment.
        public let deploymentID: String
    }

    /// A deployment was archived.
    public struct DeploymentArchived: AnthropicDeploymentEvent {
        /// `deployment.archived`.
        public static let eventTypes = ["deployment.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the deployment.
        public let deploymentID: String
    }

    /// A deployment was deleted.
    ///
    /// It is the last word on the deployment, and may overtake the events before it.
    public struct DeploymentDeleted: AnthropicDeploymentEvent {
        /// `deployment.deleted`.
        public static let eventTypes = ["deployment.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the deployment.
        public let deploymentID: String
    }
}
