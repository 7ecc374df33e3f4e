public import FoundationEssentials
public import PostroomCore

extension Wakit {
    /// A row of the table `organizations_addresses`: the address of an organization.
    ///
    /// It has no identity of its own: the organization and the address together are its key.
    public struct OrganizationAddress: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the organization.
        public let organizationID: String?
        /// The messaging service.
        public let service: Service?
        /// The address: with WhatsApp the identity of the phone number at Meta.
        public let address: String
        /// The settings of the connection to the service.
        public let extra: Field<AddressExtra>
        /// The state of the connection, in the producer's words, for example `connected`.
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
            self.extra = json.field("extra")
            self.status = json.optional("status")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }

    /// The settings of an address's connection to its messaging service.
    public struct AddressExtra: JSONReadable, Hashable, Sendable {
        /// The token that lets its holder send and read for the organization.
        public let accessToken: Sensitive<String>?
        /// Everything, the token included.
        public let json: Sensitive<RawJSON>

        /// Reads it from a value.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) {
            self.accessToken = value.object.flatMap {
                JSONReader($0, path: path.text, log: path.log).optional("access_token")
            }
            self.json = Sensitive(RawJSON(value, at: path))
        }
    }
}
