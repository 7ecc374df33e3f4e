public import FoundationEssentials
public import PostroomCore

extension Wakit {
    /// A row of the table `contacts`: a person that an organization writes to.
    ///
    /// Only the identity is promised. In an update, a ``Field`` that is null was cleared and one that is absent is
    /// unchanged.
    public struct Contact: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the row, a UUID as the producer spells it.
        public let id: String
        /// The identity of the organization.
        public let organizationID: String?
        /// The contact's name.
        public let name: Field<String>
        /// The further data that the organization keeps with it.
        public let extra: Field<RawJSON>
        /// The status, in the producer's words, for example `active`.
        public let status: String?
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
            self.name = json.field("name")
            self.extra = json.field("extra")
            self.status = json.optional("status")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }

    /// A row of the table `contacts_addresses`: the address of a contact.
    ///
    /// It has no identity of its own: the organization, the service and the address together are its key.
    public struct ContactAddress: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the organization.
        public let organizationID: String?
        /// The messaging service.
        public let service: Service?
        /// The address: digits in most cases, but no number; leading zeros count.
        public let address: String
        /// The identity of the contact, null while it is not known who it is.
        public let contactID: Field<String>
        /// The further data that the service has of it.
        public let extra: Field<RawJSON>
        /// The status, in the producer's words, for example `active`.
        public let status: String?
        /// The time at which the row was created.
        public let createdAt: Date?
        /// The time of the row's last change.
        public let updatedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.organizationID = json.optionalID("organization_id")
            self.service = json.optional("service")
            self.address = try json.id("address")
            self.contactID = json.idField("contact_id")
            self.extra = json.field("extra")
            self.status = json.optional("status")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }
}
