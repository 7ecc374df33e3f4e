import PostroomCore

extension Wacht {
    /// What a message in a thread says, by the type of its content.
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
        /// What came of a run.
        case executionSummary(ExecutionSummary)
        /// A task that is watched changed its status.
        case taskSubscriptionNotification(TaskSubscriptionNotification)
        /// What came of a task that is watched; only contents have this type.
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
    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
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
