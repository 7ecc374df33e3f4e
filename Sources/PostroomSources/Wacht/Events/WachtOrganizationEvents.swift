import PostroomCore

extension Wacht {
    /// An organization came to be.
    public struct OrganizationCreated: WachtOrganizationEvent {
        /// `organization.created`.
        public static let eventTypes = ["organization.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The organization: all of it, or a few fields.
        public let organization: Organization
    }

    /// An organization changed.
    public struct OrganizationUpdated: WachtOrganizationEvent {
        /// `organization.updated`.
        public static let eventTypes = ["organization.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The organization: all of it, or a few fields.
        public let organization: Organization
    }

    /// An organization was deleted.
    public struct OrganizationDeleted: WachtOrganizationEvent {
        /// `organization.deleted`.
        public static let eventTypes = ["organization.deleted"]

        /// What the envelope says.
        public let notice: Notice
        /// The organization: all of it, or a few fields.
        public let organization: Organization
    }
}
