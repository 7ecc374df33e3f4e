import PostroomCore

extension Anthropic {
    /// An agent came to be.
    public struct AgentCreated: AnthropicAgentEvent {
        /// `agent.created`.
        public static let eventTypes = ["agent.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the agent.
        public let agentID: String
    }

    /// An agent changed.
    public struct AgentUpdated: AnthropicAgentEvent {
        /// `agent.updated`.
        public static let eventTypes = ["agent.updated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the agent.
        public let agentID: String
    }

    /// An agent was archived.
    public struct AgentArchived: AnthropicAgentEvent {
        /// `agent.archived`.
        public static let eventTypes = ["agent.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the agent.
        public let agentID: String
    }

    /// An agent was deleted.
    ///
    /// It is the last word on the agent, and may overtake the events before it.
    public struct AgentDeleted: AnthropicAgentEvent {
        /// `agent.deleted`.
        public static let eventTypes = ["agent.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the agent.
        public let agentID: String
    }
}
