public import FoundationEssentials
public import PostroomCore

extension Wakit {
    /// A row of the table `conversations`.
    ///
    /// Only the identity is promised. In an update, a ``Field`` that is null was cleared and one that is absent is
    /// unchanged.
    public struct Conversation: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the row, a UUID as the producer spells it.
        public let id: String
        /// The identity of the organization.
        public let organizationID: String?
        /// The messaging service.
        public let service: Service?
        /// The organization's address with the service: digits in most cases, but no number.
        public let organizationAddress: String?
        /// The contact's address, null in groups.
        public let contactAddress: Field<String>
        /// The group's address, null outside groups.
        public let groupAddress: Field<String>
        /// The name that people gave it.
        public let name: Field<String>
        /// The further data that the organization keeps with it.
        public let extra: Field<RawJSON>
        /// The status of the conversation.
        public let status: ConversationStatus?
        /// The time at which the row was created.
        public let createdAt: Date?
        /// The time of the row's last change.
        public let updatedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.organizationID = json.optionalID("organization_id")
            self.service = json.optional("service")
            self.organizationAddress = json.optionalID("organization_address")
            self.contactAddress = json.idField("contact_address")
            self.groupAddress = json.idField("group_address")
            self.name = json.field("name")
            self.extra = json.field("extra")
            self.status = json.optional("status")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }

    /// The status of a conversation.
    ///
    /// The database takes any text.
    public struct ConversationStatus: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// It goes on.
        public static let active = ConversationStatus(rawValue: "active")
        /// It goes on, in the documentation's word.
        public static let open = ConversationStatus(rawValue: "open")
        /// It was closed.
        public static let closed = ConversationStatus(rawValue: "closed")
    }
}
