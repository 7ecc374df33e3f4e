public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A message of somebody to an agent.
    public struct UserMessage: JSONObjectReadable, Hashable, Sendable {
        /// The text, which may be missing where files are the message.
        public let message: String?
        /// The writer's name.
        public let senderName: String?
        /// The files that came with it.
        public let files: Field<[ThreadFile]>

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.message = json.optional("message")
            self.senderName = json.optional("sender_name")
            self.files = json.fittingList("files")
        }
    }

    /// A file that came with a message.
    public struct ThreadFile: JSONObjectReadable, Hashable, Sendable {
        /// The name.
        public let filename: String?
        /// The media type, for example `image/png`.
        public let mediaType: String?
        /// The URL at which anybody who has it can fetch the file; check it before anything follows it.
        public let url: Sensitive<String>?
        /// The size in bytes.
        public let sizeInBytes: Int?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.filename = json.optional("filename")
            self.mediaType = json.optional("mime_type")
            self.url = json.optional("url")
            self.sizeInBytes = json.optional("size_bytes")
        }
    }

    /// A note of an agent on its work.
    public struct Steer: JSONObjectReadable, Hashable, Sendable {
        /// The text.
        public let message: String?
        /// `true` if it goes on by itself.
        public let needsFurtherActions: Bool?
        /// The reason.
        public let reasoning: String?
        /// The files and folders that belong to it.
        public let attachments: Field<[ThreadAttachment]>

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.message = json.expected("message")
            self.needsFurtherActions = json.optional("further_actions_required")
            self.reasoning = json.optional("reasoning")
            self.attachments = json.fittingList("attachments")
        }
    }

    /// A file or folder in the agent's workspace.
    public struct ThreadAttachment: JSONObjectReadable, Hashable, Sendable {
        /// The path.
        public let path: String
        /// The kind of the attachment: a file or a folder.
        public let type: ThreadAttachmentType?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.path = try json.value("path")
            self.type = json.optional("type")
        }
    }

    /// The kind of an attachment: a file or a folder.
    public struct ThreadAttachmentType: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A file.
        public static let file = ThreadAttachmentType(rawValue: "file")
        /// A folder with all that is in it.
        public static let folder = ThreadAttachmentType(rawValue: "folder")
    }

    /// The result of a tool that an agent ran.
    public struct ToolResult: JSONObjectReadable, Hashable, Sendable {
        /// The tool.
        public let toolName: String?
        /// The outcome, in any words, for example `success`.
        public let status: String?
        /// The input of the tool: any JSON.
        public let input: RawJSON?
        /// The output of the tool: any JSON, perhaps megabytes.
        public let output: RawJSON?
        /// The error of the tool.
        public let error: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.toolName = json.expected("tool_name")
            self.status = json.optional("status")
            self.input = json.optional("input")
            self.output = json.optional("output")
            self.error = json.optional("error")
        }
    }

    /// The decision of the platform on the next step.
    public struct SystemDecision: JSONObjectReadable, Hashable, Sendable {
        /// The step that it decided on.
        public let step: String?
        /// The reason.
        public let reasoning: String?
        /// The confidence in it, from 0 to 1.
        public let confidence: Double?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.step = json.optional("step")
            self.reasoning = json.optional("reasoning")
            self.confidence = json.optional("confidence")
        }
    }

    /// The result of a run.
    public struct ExecutionSummary: JSONObjectReadable, Hashable, Sendable {
        /// The request of the user.
        public let userMessage: String?
        /// The work of the agent.
        public let agentExecution: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.userMessage = json.optional("user_message")
            self.agentExecution = json.optional("agent_execution")
        }
    }

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
        /// The time of the change.
        public let transitionedAt: Date?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.boardItemID = json.optionalID("board_item_id")
            self.taskKey = json.optional("task_key")
            self.taskTitle = json.optional("task_title")
            self.fromStatus = json.optional("from_status")
            self.toStatus = json.optional("to_status")
            self.transitionedAt = json.optional("transitioned_at")
        }
    }

    /// The result of a task that is watched.
    public struct TaskSubscriptionDelivery: JSONObjectReadable, Hashable, Sendable {
        /// The text.
        public let summary: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
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
        /// The reason for which this agent has it.
        public let routingReason: String?
        /// The time at which it was triggered.
        public let triggeredAt: Date?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
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
        /// The reason.
        public let routingReason: String?
        /// The time at which it was triggered.
        public let triggeredAt: Date?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
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
        /// The outcome, in the agent's words.
        public let outcome: String?
        /// The work that was done.
        public let summary: String?
        /// The things that were made.
        public let artifacts: RawJSON?
        /// The obstacles that are left.
        public let blockers: RawJSON?
        /// The steps that come next.
        public let nextActions: RawJSON?
        /// The time at which the other agent was done.
        public let completedAt: Date?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
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
