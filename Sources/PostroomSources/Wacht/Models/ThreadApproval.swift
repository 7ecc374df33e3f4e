import PostroomCore

extension Wacht {
    /// Tools that an agent asks to run; it waits until the user decides.
    public struct ApprovalRequest: JSONObjectReadable, Hashable, Sendable {
        /// What is asked, for people.
        public let description: String?
        /// The tools; those without a name are left out.
        public let tools: Field<[RequestedTool]>

        init(_ json: JSONReader) {
            self.description = json.optional("description")
            self.tools = json.fittingList("tools")
        }
    }

    /// A tool that an agent asks to run.
    public struct RequestedTool: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the tool: a 64-bit number in decimal.
        public let toolID: String?
        /// Its name, by which it is approved.
        public let toolName: String
        /// What it does.
        public let toolDescription: String?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.toolID = json.optionalID("tool_id")
            self.toolName = try json.value("tool_name")
            self.toolDescription = json.optional("tool_description")
        }
    }

    /// What a user decided on the tools that an agent asked for.
    ///
    /// There is no word for a denial: a tool without an approval is denied, and so are all of them where the list is
    /// empty.
    public struct ApprovalResponse: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the message with the request.
        public let requestMessageID: String?
        /// The tools that the user approved of, and how; empty where all are denied.
        ///
        /// Approvals without a tool or a mode are left out, and so count as denials.
        public let approvals: Field<[ToolApproval]>

        init(_ json: JSONReader) {
            self.requestMessageID = json.optionalID("request_message_id")
            self.approvals = json.fittingList("approvals")
        }

        /// Whether the user approved of a tool.
        ///
        /// - Parameter toolName: The tool's name.
        /// - Returns: Whether there is an approval of it in a mode that this version knows; one in an unknown mode counts
        ///   as a denial.
        public func allows(_ toolName: String) -> Bool {
            (approvals.value ?? [])
                .contains { approval in
                    approval.toolName == toolName && (approval.mode == .once || approval.mode == .always)
                }
        }
    }

    /// A user's approval of a tool.
    public struct ToolApproval: JSONObjectReadable, Hashable, Sendable {
        /// The tool's name.
        public let toolName: String
        /// For how long.
        public let mode: ApprovalMode

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.toolName = try json.value("tool_name")
            self.mode = try json.value("mode")
        }
    }

    /// For how long a user approves of a tool.
    public struct ApprovalMode: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// For this time.
        public static let once = ApprovalMode(rawValue: "allow_once")
        /// From now on.
        public static let always = ApprovalMode(rawValue: "allow_always")
    }
}
