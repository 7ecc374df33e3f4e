import PostroomCore

extension Wacht {
    /// A hook at the start of an execution failed.
    public struct AgentExecutionStartHookFailed: WachtHookFailedEvent {
        /// `agent.execution_start_hook.failed`.
        public static let eventTypes = ["agent.execution_start_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }

    /// A hook before a call of a model failed.
    public struct AgentBeforeLLMHookFailed: WachtHookFailedEvent {
        /// `agent.before_llm_hook.failed`.
        public static let eventTypes = ["agent.before_llm_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }

    /// A hook after a call of a model failed.
    public struct AgentAfterLLMHookFailed: WachtHookFailedEvent {
        /// `agent.after_llm_hook.failed`.
        public static let eventTypes = ["agent.after_llm_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }

    /// A hook before a call of a tool failed.
    public struct AgentBeforeToolHookFailed: WachtHookFailedEvent {
        /// `agent.before_tool_hook.failed`.
        public static let eventTypes = ["agent.before_tool_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }

    /// A hook after a call of a tool failed.
    public struct AgentAfterToolHookFailed: WachtHookFailedEvent {
        /// `agent.after_tool_hook.failed`.
        public static let eventTypes = ["agent.after_tool_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }

    /// A hook when a budget was used up failed.
    public struct AgentOnBudgetExhaustedHookFailed: WachtHookFailedEvent {
        /// `agent.on_budget_exhausted_hook.failed`.
        public static let eventTypes = ["agent.on_budget_exhausted_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }

    /// A hook at the end of an execution failed.
    public struct AgentExecutionEndHookFailed: WachtHookFailedEvent {
        /// `agent.execution_end_hook.failed`.
        public static let eventTypes = ["agent.execution_end_hook.failed"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it failed, for people.
        public let errorMessage: String?
    }
}
