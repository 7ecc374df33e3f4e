import PostroomCore

extension Wacht {
    /// A hook at the start of an execution was skipped.
    public struct AgentExecutionStartHookSkipped: WachtHookSkippedEvent {
        /// `agent.execution_start_hook.skipped`.
        public static let eventTypes = ["agent.execution_start_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }

    /// A hook before a call of a model was skipped.
    public struct AgentBeforeLLMHookSkipped: WachtHookSkippedEvent {
        /// `agent.before_llm_hook.skipped`.
        public static let eventTypes = ["agent.before_llm_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }

    /// A hook after a call of a model was skipped.
    public struct AgentAfterLLMHookSkipped: WachtHookSkippedEvent {
        /// `agent.after_llm_hook.skipped`.
        public static let eventTypes = ["agent.after_llm_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }

    /// A hook before a call of a tool was skipped.
    public struct AgentBeforeToolHookSkipped: WachtHookSkippedEvent {
        /// `agent.before_tool_hook.skipped`.
        public static let eventTypes = ["agent.before_tool_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }

    /// A hook after a call of a tool was skipped.
    public struct AgentAfterToolHookSkipped: WachtHookSkippedEvent {
        /// `agent.after_tool_hook.skipped`.
        public static let eventTypes = ["agent.after_tool_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }

    /// A hook when a budget was used up was skipped.
    public struct AgentOnBudgetExhaustedHookSkipped: WachtHookSkippedEvent {
        /// `agent.on_budget_exhausted_hook.skipped`.
        public static let eventTypes = ["agent.on_budget_exhausted_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }

    /// A hook at the end of an execution was skipped.
    public struct AgentExecutionEndHookSkipped: WachtHookSkippedEvent {
        /// `agent.execution_end_hook.skipped`.
        public static let eventTypes = ["agent.execution_end_hook.skipped"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// Why it was skipped, for people.
        public let reason: String?
    }
}
