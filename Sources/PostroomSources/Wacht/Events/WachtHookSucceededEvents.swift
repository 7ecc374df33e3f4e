import PostroomCore

extension Wacht {
    /// A hook at the start of an execution succeeded.
    public struct AgentExecutionStartHookSucceeded: WachtHookSucceededEvent {
        /// `agent.execution_start_hook.succeeded`.
        public static let eventTypes = ["agent.execution_start_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }

    /// A hook before a call of a model succeeded.
    public struct AgentBeforeLLMHookSucceeded: WachtHookSucceededEvent {
        /// `agent.before_llm_hook.succeeded`.
        public static let eventTypes = ["agent.before_llm_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }

    /// A hook after a call of a model succeeded.
    public struct AgentAfterLLMHookSucceeded: WachtHookSucceededEvent {
        /// `agent.after_llm_hook.succeeded`.
        public static let eventTypes = ["agent.after_llm_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }

    /// A hook before a call of a tool succeeded.
    public struct AgentBeforeToolHookSucceeded: WachtHookSucceededEvent {
        /// `agent.before_tool_hook.succeeded`.
        public static let eventTypes = ["agent.before_tool_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }

    /// A hook after a call of a tool succeeded.
    public struct AgentAfterToolHookSucceeded: WachtHookSucceededEvent {
        /// `agent.after_tool_hook.succeeded`.
        public static let eventTypes = ["agent.after_tool_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }

    /// A hook when a budget was used up succeeded.
    public struct AgentOnBudgetExhaustedHookSucceeded: WachtHookSucceededEvent {
        /// `agent.on_budget_exhausted_hook.succeeded`.
        public static let eventTypes = ["agent.on_budget_exhausted_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }

    /// A hook at the end of an execution succeeded.
    public struct AgentExecutionEndHookSucceeded: WachtHookSucceededEvent {
        /// `agent.execution_end_hook.succeeded`.
        public static let eventTypes = ["agent.execution_end_hook.succeeded"]

        /// What the envelope says.
        public let notice: Notice
        /// Which hook it was, and in which run.
        public let hook: HookRun
        /// What the hook answered.
        public let output: RawJSON?
    }
}
