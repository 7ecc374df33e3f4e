import PostroomCore

extension Wacht {
    /// What somebody wrote to an agent.
    public struct UserMessage: JSONObjectReadable, Hashable, Sendable {
        /// The text.
        public let message: String
        /// The writer's name.
        public let senderName: String?
        /// The files that came with it.
        public let files: [ThreadFile]

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.message = try json.value("message")
            self.senderName = try json.optional("sender_name")
            self.files = try json.list("files")
        }
    }

    /// A file that came with a message.
    public struct ThreadFile: JSONObjectReadable, Hashable, Sendable {
        /// The name.
        public let filename: String?
        /// The media type, for example `image/png`.
        public let mediaType: String?
        /// Where it can be fetched by whoever has the URL; check it before anything follows it.
        public let url: Sensitive<String>?
        /// The size in bytes.
        public let sizeInBytes: Int?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.filename = try json.optional("filename")
            self.mediaType = try json.optional("mime_type")
            self.url = try json.optional("url")
            self.sizeInBytes = try json.optional("size_bytes")
        }
    }

    /// What an agent says it does.
    public struct Steer: JSONObjectReadable, Hashable, Sendable {
        /// The text.
        public let message: String
        /// Whether it goes on by itself.
        public let needsFurtherActions: Bool?
        /// Why.
        public let reasoning: String?
        /// The files and folders that belong to it.
        public let attachments: [ThreadAttachment]

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.message = try json.value("message")
            self.needsFurtherActions = try json.optional("further_actions_required")
            self.reasoning = try json.optional("reasoning")
            self.attachments = try json.list("attachments")
        }
    }

    /// A file or folder in the agent's workspace.
    public struct ThreadAttachment: JSONObjectReadable, Hashable, Sendable {
        /// The path.
        public let path: String
        /// Whether it is a file or a folder.
        public let type: ThreadAttachmentType?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.path = try json.value("path")
            self.type = try json.optional("type")
        }
    }

    /// Whether an attachment is a file or a folder.
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

    /// What came of a tool that an agent ran.
    public struct ToolResult: JSONObjectReadable, Hashable, Sendable {
        /// The tool.
        public let toolName: String
        /// How it went, in any words, for example `success`.
        public let status: String?
        /// What the tool was given: any JSON.
        public let input: RawJSON?
        /// What the tool gave: any JSON, perhaps megabytes.
        public let output: RawJSON?
        /// What went wrong.
        public let error: String?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.toolName = try json.value("tool_name")
            self.status = try json.optional("status")
            self.input = try json.optional("input")
            self.output = try json.optional("output")
            self.error = try json.optional("error")
        }
    }

    /// How the platform decided to go on.
    public struct SystemDecision: JSONObjectReadable, Hashable, Sendable {
        /// What it decided on.
        public let step: String?
        /// Why.
        public let reasoning: String?
        /// How sure it is, from 0 to 1.
        public let confidence: Double?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.step = try json.optional("step")
            self.reasoning = try json.optional("reasoning")
            self.confidence = try json.optional("confidence")
        }
    }

    /// What came of a run.
    public struct ExecutionSummary: JSONObjectReadable, Hashable, Sendable {
        /// What the user had asked for.
        public let userMessage: String?
        /// What the agent did.
        public let agentExecution: String?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.userMessage = try json.optional("user_message")
            self.agentExecution = try json.optional("agent_execution")
        }
    }
}
