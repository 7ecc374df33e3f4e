public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// A change of a task that is watched.
    public struct TaskSubscriptionNotification: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the task.
        public let boardItemID: String?
        /// Its short name.
        public let taskKey: String?
        /// Its title.
        public let taskTitle: String?
        /// The status before.
        public let fromStatus: String?
        /// The status now.
        public let toStatus: String?
        /// When it changed.
        public let transitionedAt: Date?

        init(_ json: JSONReader) {
            self.boardItemID = json.optionalID("board_item_id")
            self.taskKey = json.optional("task_key")
            self.taskTitle = json.optional("task_title")
            self.fromStatus = json.optional("from_status")
            self.toStatus = json.optional("to_status")
            self.transitionedAt = json.optional("transitioned_at")
        }
    }

    /// What came of a task that is watched.
    public struct TaskSubscriptionDelivery: JSONObjectReadable, Hashable, Sendable {
        /// The text.
        public let summary: String?

        init(_ json: JSONReader) {
            self.summary = json.expected("summary")
        }
    }

    /// An assignment that is to be worked on.
    public struct AssignmentExecutionTrigger: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the assignment.
        public let assignmentID: String?
        /// The identity of the task.
        public let boardItemID: String?
        /// The task's short name.
        public let taskKey: String?
        /// Why this agent has it.
        public let routingReason: String?
        /// Since when.
        public let triggeredAt: Date?

        init(_ json: JSONReader) {
            self.assignmentID = json.optionalID("assignment_id")
            self.boardItemID = json.optionalID("board_item_id")
            self.taskKey = json.optional("task_key")
            self.routingReason = json.optional("routing_reason")
            self.triggeredAt = json.optional("triggered_at")
        }
    }

    /// A task that is to be given to an agent.
    public struct TaskRoutingTrigger: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the task.
        public let boardItemID: String?
        /// Its short name.
        public let taskKey: String?
        /// Why.
        public let routingReason: String?
        /// Since when.
        public let triggeredAt: Date?

        init(_ json: JSONReader) {
            self.boardItemID = json.optionalID("board_item_id")
            self.taskKey = json.optional("task_key")
            self.routingReason = json.optional("routing_reason")
            self.triggeredAt = json.optional("triggered_at")
        }
    }

    /// A task that another agent hands over.
    public struct TaskHandoff: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the other agent's thread.
        public let sourceThreadID: String?
        /// The identity of the task.
        public let boardItemID: String?
        /// The other agent's role.
        public let sourceRole: String?
        /// How it went, in the agent's words.
        public let outcome: String?
        /// What was done.
        public let summary: String?
        /// What was made.
        public let artifacts: RawJSON?
        /// What is in the way.
        public let blockers: RawJSON?
        /// What is to be done next.
        public let nextActions: RawJSON?
        /// When the other agent was done.
        public let completedAt: Date?

        init(_ json: JSONReader) {
            self.sourceThreadID = json.optionalID("source_thread_id")
            self.boardItemID = json.optionalID("board_item_id")
            self.sourceRole = json.optional("source_role")
            self.outcome = json.optional("outcome")
            self.summary = json.optional("summary")
            self.artifacts = json.optional("artifacts")
            self.blockers = json.optional("blockers")
            self.nextActions = json.optional("next_actions")
            self.completedAt = json.optional("completed_at")
        }
    }
}
