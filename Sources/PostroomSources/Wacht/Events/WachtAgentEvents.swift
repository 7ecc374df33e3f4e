import PostroomCore

extension Wacht {
    /// An agent came to be.
    public struct AgentCreated: WachtAgentEvent {
        /// `agent.created`.
        public static let eventTypes = ["agent.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the agent: a 64-bit number in decimal.
        public let agentID: String
    }

    /// An agent changed.
    public struct AgentUpdated: WachtAgentEvent {
        /// `agent.updated`.
        public static let eventTypes = ["agent.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the agent: a 64-bit number in decimal.
        public let agentID: String
    }

    /// An agent was deleted.
    public struct AgentDeleted: WachtAgentEvent {
        /// `agent.deleted`.
        public static let eventTypes = ["agent.deleted"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the agent: a 64-bit number in decimal.
        public let agentID: String
    }

    /// An agent began an execution.
    public struct AgentExecutionStarted: WachtExecutionEvent {
        /// `agent.execution.started`.
        public static let eventTypes = ["agent.execution.started"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the execution: a 64-bit number in decimal.
        public let executionID: String
    }

    /// An agent completed an execution.
    public struct AgentExecutionCompleted: WachtExecutionEvent {
        /// `agent.execution.completed`.
        public static let eventTypes = ["agent.execution.completed"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the execution: a 64-bit number in decimal.
        public let executionID: String
    }

    /// An agent's execution failed.
    public struct AgentExecutionFailed: WachtExecutionEvent {
        /// `agent.execution.failed`.
        public static let eventTypes = ["agent.execution.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the execution: a 64-bit number in decimal.
        public let executionID: String
    }
}
