public import FoundationEssentials
public import PostroomCore

extension Wakit {
    /// A row of the table `messages`.
    ///
    /// Only the identity is promised. In an update, a ``Field`` that is null was cleared and one that is absent is
    /// unchanged.
    public struct Message: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the row, a UUID as the producer spells it.
        public let id: String
        /// The identity of the organization that owns the conversation.
        public let organizationID: String?
        /// The identity of the conversation.
        public let conversationID: String?
        /// The messaging service's own identity of the message, null until it was sent. (`wa_id` in older versions.)
        public let externalID: Field<String>
        /// The direction of the message.
        public let direction: Direction?
        /// The identity of the agent that wrote it, null for people.
        public let agentID: Field<String>
        /// The contact's address: a phone number in digits, or another name where the service has no numbers. (`from` in
        /// older versions.)
        public let contactAddress: Field<String>
        /// The messaging service.
        public let service: Service?
        /// The organization's address with the service.
        public let organizationAddress: String?
        /// The group's address, null outside groups.
        public let groupAddress: Field<String>
        /// The thread inside the conversation, null where the service has none.
        public let threadID: Field<String>
        /// The content of the message.
        public let content: MessageContent?
        /// The status of the message so far.
        public let status: MessageStatus?
        /// The time at which the message was written, by the messaging service's clock.
        public let timestamp: Date?
        /// The time at which the row was created.
        public let createdAt: Date?
        /// The time of the row's last change.
        ///
        /// Two changes of one transaction share it.
        public let updatedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.organizationID = json.optionalID("organization_id")
            self.conversationID = json.optionalID("conversation_id")
            self.externalID = json.idField(json.has("external_id") ? "external_id" : "wa_id")
            self.direction = json.optional("direction")
            self.agentID = json.idField("agent_id")
            self.contactAddress = json.idField(json.has("contact_address") ? "contact_address" : "from")
            self.service = json.optional("service")
            self.organizationAddress = json.optionalID("organization_address")
            self.groupAddress = json.idField("group_address")
            self.threadID = json.idField("thread_id")
            self.content = json.optional("content")
            self.status = json.optional("status")
            self.timestamp = json.optional("timestamp")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }

    /// The direction of a message.
    public struct Direction: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// From the contact to the organization.
        public static let incoming = Direction(rawValue: "incoming")
        /// From the organization to the contact.
        public static let outgoing = Direction(rawValue: "outgoing")
        /// Between agents and their tools; the contact does not see it.
        public static let `internal` = Direction(rawValue: "internal")
    }

    /// A messaging service.
    public struct Service: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// WhatsApp through Meta's cloud.
        public static let whatsApp = Service(rawValue: "whatsapp")
        /// WhatsApp through a linked device.
        public static let whatsAppWeb = Service(rawValue: "whatsapp-web")
        /// Instagram.
        public static let instagram = Service(rawValue: "instagram")
        /// Inside wakit.
        public static let local = Service(rawValue: "local")
        /// Slack.
        public static let slack = Service(rawValue: "slack")
        /// Discord.
        public static let discord = Service(rawValue: "discord")
        /// Microsoft Teams.
        public static let teams = Service(rawValue: "teams")
    }
}
