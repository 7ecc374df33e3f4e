import PostroomCore

extension Anthropic {
    /// A run of a deployment began.
    public struct DeploymentRunStarted: AnthropicDeploymentRunEvent {
        /// `deployment_run.started`.
        public static let eventTypes = ["deployment_run.started"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the run; the event does not name its deployment.
        public let runID: String
    }

    /// A run of a deployment succeeded.
    public struct DeploymentRunSucceeded: AnthropicDeploymentRunEvent {
        /// `deployment_run.succeeded`.
        public static let eventTypes = ["deployment_run.succeeded"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the run; the event does not name its deployment.
        public let runID: String
    }

    /// A run of a deployment failed.
    public struct DeploymentRunFailed: AnthropicDeploymentRunEvent {
        /// `deployment_run.failed`.
        public static let eventTypes = ["deployment_run.failed"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the run; the event does not name its deployment.
        public let runID: String
    }
}
