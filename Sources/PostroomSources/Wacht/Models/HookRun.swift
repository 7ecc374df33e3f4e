public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// A call of a hook: a program of the deployment that an agent runs at certain points.
    public struct HookRun: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the agent: a 64-bit number in decimal.
        public let agentID: String?
        /// The identity of the deployment.
        public let deploymentID: String?
        /// The identity of the thread.
        public let threadID: String?
        /// The identity of the run that the hook was called in.
        public let executionRunID: String?
        /// The point at which it was called, for example `before_tool`.
        public let kind: String?
        /// How it went, for example `succeeded`; the event's type says it too.
        public let status: String?
        /// The tool, where the hook belongs to a call of one.
        public let toolName: String?
        /// The number of the run's step, from 0.
        public let stepIndex: Int?
        /// When it was called, by Wacht's clock.
        public let timestamp: Date?
        /// What the hook was given.
        public let input: RawJSON?

        init(_ json: JSONReader) {
            self.agentID = json.optionalID("agent_id")
            self.deploymentID = json.optionalID("deployment_id")
            self.threadID = json.optionalID("thread_id")
            self.executionRunID = json.optionalID("execution_run_id")
            self.kind = json.optional("hook_kind")
            self.status = json.optional("status")
            self.toolName = json.optional("tool_name")
            self.stepIndex = json.optional("step_index")
            self.timestamp = json.optional("timestamp")
            self.input = json.optional("input")
        }
    }
}
