public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// An organization of a deployment.
    ///
    /// Only the identity is promised.
    public struct Organization: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the organization: a 64-bit number in decimal.
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
        /// The roles that a member can have.
        public let roles: [Role]
        /// The workspaces.
        public let workspaces: [Workspace]
        /// The segments that the organization is in.
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
            self.roles = try json.list("roles")
            self.workspaces = try json.list("workspaces")
            self.segments = try json.list("segments")
            self.createdAt = try json.optional("created_at")
            self.updatedAt = try json.optional("updated_at")
        }
    }

    /// A role in an organization or a workspace.
    public struct Role: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the role: a 64-bit number in decimal.
        public let id: String?
        /// The name.
        public let name: String?
        /// What it allows, as Wacht has it.
        public let permissions: RawJSON?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.optionalID("id")
            self.name = try json.optional("name")
            self.permissions = try json.optional("permissions")
        }
    }
}
