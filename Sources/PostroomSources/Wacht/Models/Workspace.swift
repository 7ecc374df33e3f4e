public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A workspace of an organization.
    ///
    /// Only the identity is promised. A list that is absent was not sent: it is not empty.
    public struct Workspace: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the workspace: a 64-bit number in decimal.
        public let id: String
        /// The name.
        public let name: String?
        /// The URL of its picture; empty where there is none.
        public let imageURL: String?
        /// The description, perhaps empty.
        public let description: String?
        /// The number of members.
        public let memberCount: Int?
        /// The metadata that the deployment keeps with it for everyone to read.
        public let publicMetadata: RawJSON?
        /// The metadata that the deployment keeps with it for itself.
        public let privateMetadata: Sensitive<RawJSON>?
        /// The identity of the organization.
        public let organizationID: String?
        /// The organization's name.
        public let organizationName: String?
        /// The roles that a member can have.
        public let roles: Field<[Role]>
        /// The segments that the workspace is in.
        public let segments: Field<[Segment]>
        /// The time at which it was created.
        public let createdAt: Date?
        /// The time of its last change.
        public let updatedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id", or: "entity_id")
            self.name = json.optional("name")
            self.imageURL = json.optional("image_url")
            self.description = json.optional("description")
            self.memberCount = json.optional("member_count")
            self.publicMetadata = json.optional("public_metadata")
            self.privateMetadata = json.optional("private_metadata")
            self.organizationID = json.optionalID("organization_id")
            self.organizationName = json.optional("organization_name")
            self.roles = json.list("roles")
            self.segments = json.list("segments")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }
}
