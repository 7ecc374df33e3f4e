public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// An organization of a deployment.
    ///
    /// Only the identity is promised. A list that is absent was not sent: it is not empty.
    public struct Organization: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the organization: a 64-bit number in decimal.
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
        /// The roles that a member can have.
        public let roles: Field<[Role]>
        /// The workspaces.
        public let workspaces: Field<[Workspace]>
        /// The segments that the organization is in.
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
            self.roles = json.list("roles")
            self.workspaces = json.list("workspaces")
            self.segments = json.list("segments")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }

    /// A role in an organization or a workspace.
    public struct Role: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the role: a 64-bit number in decimal.
        public let id: String?
        /// The name.
        public let name: String?
        /// The permissions, for example `organization:admin`.
        public let permissions: Field<[String]>

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.id = json.optionalID("id")
            self.name = json.optional("name")
            let permissions: Field<[RolePermission]> = json.list("permissions")
            self.permissions = permissions.map { $0.map(\.name) }
        }
    }
}

/// A permission, which Wacht writes as its name, or as the row that has its name.
private struct RolePermission: JSONReadable {
    let name: String

    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        if value.kind == .object {
            self.name = try path.reader(of: value).value("permission")
        } else {
            self.name = try String(value, at: path)
        }
    }
}
