public import FoundationEssentials
public import PostroomCore

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
        /// The type of the message; mostly, but not always, the same as its content's type.
        public let type: ThreadMessageType
        /// The content of the message; `nil` where that is no object with a type.
        public let content: ThreadMessageContent?
        /// The time at which it was written.
        public let timestamp: Date?
        /// The time at which it was stored.
        public let createdAt: Date?
        /// The time of its last change.
        public let updatedAt: Date?
        /// The metadata that is kept with it.
        public let metadata: RawJSON?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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

    /// The type of a message in a thread.
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
        /// The result of a run.
        public static let executionSummary = ThreadMessageType(rawValue: "execution_summary")
        /// A task that is watched changed its status.
        public static let taskSubscriptionNotification = ThreadMessageType(rawValue: "task_subscription_notification")
        /// The result of a task that is watched; only contents have this type.
        public static let taskSubscriptionDelivery = ThreadMessageType(rawValue: "task_subscription_delivery")
        /// An assignment is to be worked on.
        public static let assignmentExecutionTrigger = ThreadMessageType(rawValue: "assignment_execution_trigger")
        /// A task is to be given to an agent.
        public static let taskRoutingTrigger = ThreadMessageType(rawValue: "task_routing_trigger")
        /// Another agent hands over a task.
        public static let taskHandoffReceived = ThreadMessageType(rawValue: "task_handoff_received")
    }

    /// The content of a message in a thread, by its type.
    public enum ThreadMessageContent: Hashable, Sendable {
        /// Somebody wrote to the agent.
        case userMessage(UserMessage)
        /// The agent says what it does.
        case steer(Steer)
        /// A tool that the agent ran came back.
        case toolResult(ToolResult)
        /// The platform decided how to go on.
        case systemDecision(SystemDecision)
        /// The agent asks the user.
        case clarificationRequest(ClarificationRequest)
        /// The user answers.
        case clarificationResponse(ClarificationResponse)
        /// The agent asks whether it may run tools.
        case approvalRequest(ApprovalRequest)
        /// The user decides on tools.
        case approvalResponse(ApprovalResponse)
        /// The result of a run.
        case executionSummary(ExecutionSummary)
        /// A task that is watched changed its status.
        case taskSubscriptionNotification(TaskSubscriptionNotification)
        /// The result of a task that is watched; only contents have this type.
        case taskSubscriptionDelivery(TaskSubscriptionDelivery)
        /// An assignment is to be worked on.
        case assignmentExecutionTrigger(AssignmentExecutionTrigger)
        /// A task is to be given to an agent.
        case taskRoutingTrigger(TaskRoutingTrigger)
        /// Another agent hands over a task.
        case taskHandoffReceived(TaskHandoff)
        /// Something of a type that this version does not know: the type, and the content as it came.
        case unknown(type: ThreadMessageType, json: RawJSON)

        /// The type of the content.
        public var type: ThreadMessageType {
            switch self {
            case .userMessage: .userMessage
            case .steer: .steer
            case .toolResult: .toolResult
            case .systemDecision: .systemDecision
            case .clarificationRequest: .clarificationRequest
            case .clarificationResponse: .clarificationResponse
            case .approvalRequest: .approvalRequest
            case .approvalResponse: .approvalResponse
            case .executionSummary: .executionSummary
            case .taskSubscriptionNotification: .taskSubscriptionNotification
            case .taskSubscriptionDelivery: .taskSubscriptionDelivery
            case .assignmentExecutionTrigger: .assignmentExecutionTrigger
            case .taskRoutingTrigger: .taskRoutingTrigger
            case .taskHandoffReceived: .taskHandoffReceived
            case .unknown(let type, _): type
            }
        }
    }
}

extension Wacht.ThreadMessageContent: JSONReadable {
    /// Reads it from a value.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        let json = try path.reader(of: value)
        let type: Wacht.ThreadMessageType = try json.value("type")
        self =
            switch type {
            case .userMessage: .userMessage(Wacht.UserMessage(json))
            case .steer: .steer(Wacht.Steer(json))
            case .toolResult: .toolResult(Wacht.ToolResult(json))
            case .systemDecision: .systemDecision(Wacht.SystemDecision(json))
            case .clarificationRequest: .clarificationRequest(Wacht.ClarificationRequest(json))
            case .clarificationResponse: .clarificationResponse(Wacht.ClarificationResponse(json))
            case .approvalRequest: .approvalRequest(Wacht.ApprovalRequest(json))
            case .approvalResponse: .approvalResponse(Wacht.ApprovalResponse(json))
            case .executionSummary: .executionSummary(Wacht.ExecutionSummary(json))
            case .taskSubscriptionNotification:
                .taskSubscriptionNotification(Wacht.TaskSubscriptionNotification(json))
            case .taskSubscriptionDelivery: .taskSubscriptionDelivery(Wacht.TaskSubscriptionDelivery(json))
            case .assignmentExecutionTrigger: .assignmentExecutionTrigger(Wacht.AssignmentExecutionTrigger(json))
            case .taskRoutingTrigger: .taskRoutingTrigger(Wacht.TaskRoutingTrigger(json))
            case .taskHandoffReceived: .taskHandoffReceived(Wacht.TaskHandoff(json))
            default: .unknown(type: type, json: RawJSON(value, at: path))
            }
    }
}
