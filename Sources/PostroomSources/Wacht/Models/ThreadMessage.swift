public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// A message in an agent's thread.
    ///
    /// Times may be equal, and identities grow roughly with time.
    public struct ThreadMessage: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the message: a 64-bit number in decimal.
        public let id: String
        /// The identity of the thread.
        public let threadID: String?
        /// The identity of the task on a board that the thread works on.
        public let boardItemID: String?
        /// The identity of the run that the message came of.
        public let executionRunID: String?
        /// What it is; mostly, but not always, the same as its content's type.
        public let type: ThreadMessageType
        /// What it says; `nil` where that is no object with a type.
        public let content: ThreadMessageContent?
        /// When it was written.
        public let timestamp: Date?
        /// When it was stored.
        public let createdAt: Date?
        /// When it last changed.
        public let updatedAt: Date?
        /// What else is kept with it.
        public let metadata: RawJSON?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.threadID = json.optionalID("thread_id")
            self.boardItemID = json.optionalID("board_item_id")
            self.executionRunID = json.optionalID("execution_run_id")
            self.type = try json.value("message_type")
            self.content = json.expected("content")
            self.timestamp = json.optional("timestamp")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
            self.metadata = json.optional("metadata")
        }
    }

    /// What a message in a thread is.
    public struct ThreadMessageType: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Somebody wrote to the agent.
        public static let userMessage = ThreadMessageType(rawValue: "user_message")
        /// The agent says what it does.
        public static let steer = ThreadMessageType(rawValue: "steer")
        /// A tool that the agent ran came back.
        public static let toolResult = ThreadMessageType(rawValue: "tool_result")
        /// The platform decided how to go on.
        public static let systemDecision = ThreadMessageType(rawValue: "system_decision")
        /// The agent asks the user.
        public static let clarificationRequest = ThreadMessageType(rawValue: "clarification_request")
        /// The user answers.
        public static let clarificationResponse = ThreadMessageType(rawValue: "clarification_response")
        /// The agent asks whether it may run tools.
        public static let approvalRequest = ThreadMessageType(rawValue: "approval_request")
        /// The user decides on tools.
        public static let approvalResponse = ThreadMessageType(rawValue: "approval_response")
        /// What came of a run.
        public static let executionSummary = ThreadMessageType(rawValue: "execution_summary")
        /// A task that is watched changed its status.
        public static let taskSubscriptionNotification = ThreadMessageType(rawValue: "task_subscription_notification")
        /// What came of a task that is watched; only contents have this type.
        public static let taskSubscriptionDelivery = ThreadMessageType(rawValue: "task_subscription_delivery")
        /// An assignment is to be worked on.
        public static let assignmentExecutionTrigger = ThreadMessageType(rawValue: "assignment_execution_trigger")
        /// A task is to be given to an agent.
        public static let taskRoutingTrigger = ThreadMessageType(rawValue: "task_routing_trigger")
        /// Another agent hands over a task.
        public static let taskHandoffReceived = ThreadMessageType(rawValue: "task_handoff_received")
    }
}
