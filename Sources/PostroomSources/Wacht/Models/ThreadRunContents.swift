public import PostroomCore

extension Wacht {
    /// What somebody wrote to an agent.
    public struct UserMessage: JSONObjectReadable, Hashable, Sendable {
        /// The text, which may be missing where files are the message.
        public let message: String?
        /// The writer's name.
        public let senderName: String?
        /// The files that came with it.
        public let files: Field<[ThreadFile]>

        init(_ json: JSONReader) {
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
        /// Where it can be fetched by whoever has the URL; check it before anything follows it.
        public let url: Sensitive<String>?
        /// The size in bytes.
        public let sizeInBytes: Int?

        init(_ json: JSONReader) {
            self.filename = json.optional("filename")
            self.mediaType = json.optional("mime_type")
            self.url = json.optional("url")
            self.sizeInBytes = json.optional("size_bytes")
        }
    }

    /// What an agent says it does.
    public struct Steer: JSONObjectReadable, Hashable, Sendable {
        /// The text.
        public let message: String?
        /// Whether it goes on by itself.
        public let needsFurtherActions: Bool?
        /// Why.
        public let reasoning: String?
        /// The files and folders that belong to it.
        public let attachments: Field<[ThreadAttachment]>

        init(_ json: JSONReader) {
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
        /// Whether it is a file or a folder.
        public let type: ThreadAttachmentType?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.path = try json.value("path")
            self.type = json.optional("type")
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
        public let toolName: String?
        /// How it went, in any words, for example `success`.
        public let status: String?
        /// What the tool was given: any JSON.
        public let input: RawJSON?
        /// What the tool gave: any JSON, perhaps megabytes.
        public let output: RawJSON?
        /// What went wrong.
        public let error: String?

        init(_ json: JSONReader) {
            self.toolName = json.expected("tool_name")
            self.status = json.optional("status")
            self.input = json.optional("input")
            self.output = json.optional("output")
            self.error = json.optional("error")
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

        init(_ json: JSONReader) {
            self.step = json.optional("step")
            self.reasoning = json.optional("reasoning")
            self.confidence = json.optional("confidence")
        }
    }

    /// What came of a run.
    public struct ExecutionSummary: JSONObjectReadable, Hashable, Sendable {
        /// What the user had asked for.
        public let userMessage: String?
        /// What the agent did.
        public let agentExecution: String?

        init(_ json: JSONReader) {
            self.userMessage = json.optional("user_message")
            self.agentExecution = json.optional("agent_execution")
        }
    }
}
