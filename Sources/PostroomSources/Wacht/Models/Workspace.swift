public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// A workspace of an organization.
    ///
    /// Only the identity is promised.
    public struct Workspace: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the workspace: a 64-bit number in decimal.
        public let id: String
        /// The name.
        public let name: String?
        /// The URL of its picture; empty where there is none.
        public let imageURL: String?
        /// What it says of itself, perhaps empty.
        public let details: String?
        /// The number of members.
        public let memberCount: Int?
        /// What the deployment keeps with it for everyone to read.
        public let publicMetadata: RawJSON?
        /// What the deployment keeps with it for itself.
        public let privateMetadata: Sensitive<RawJSON>?
        /// The identity of the organization.
        public let organizationID: String?
        /// The organization's name.
        public let organizationName: String?
        /// The roles that a member can have.
        public let roles: [Role]
        /// The segments that the workspace is in.
        public let segments: [Segment]
        /// When it came to be.
        public let createdAt: Date?
        /// When it last changed.
        public let updatedAt: Date?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id", or: "entity_id")
            self.name = try json.optional("name")
            self.imageURL = try json.optional("image_url")
            self.details = try json.optional("description")
            self.memberCount = try json.optional("member_count")
            self.publicMetadata = try json.optional("public_metadata")
            self.privateMetadata = try json.optional("private_metadata")
            self.organizationID = try json.optionalID("organization_id")
            self.organizationName = try json.optional("organization_name")
            self.roles = try json.list("roles")
            self.segments = try json.list("segments")
            self.createdAt = try json.optional("created_at")
            self.updatedAt = try json.optional("updated_at")
        }
    }
}
