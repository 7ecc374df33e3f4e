import PostroomCore

extension Wacht {
    /// An organization got a member.
    public struct OrganizationMemberAdded: WachtMembershipEvent {
        /// `organization.member.added`.
        public static let eventTypes = ["organization.member.added"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the membership: a 64-bit number in decimal.
        public let membershipID: String
    }

    /// An organization lost a member.
    public struct OrganizationMemberRemoved: WachtMembershipEvent {
        /// `organization.member.removed`.
        public static let eventTypes = ["organization.member.removed"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the membership: a 64-bit number in decimal.
        public let membershipID: String
    }

    /// A member of an organization got another role.
    public struct OrganizationMemberRoleUpdated: WachtMembershipEvent {
        /// `organization.member.role.updated`.
        public static let eventTypes = ["organization.member.role.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the membership: a 64-bit number in decimal.
        public let membershipID: String
    }

    /// Somebody was invited into an organization.
    public struct OrganizationInvitationCreated: WachtInvitationEvent {
        /// `organization.invitation.created`.
        public static let eventTypes = ["organization.invitation.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the invitation: a 64-bit number in decimal.
        public let invitationID: String
    }

    /// Somebody accepted an invitation into an organization.
    public struct OrganizationInvitationAccepted: WachtInvitationEvent {
        /// `organization.invitation.accepted`.
        public static let eventTypes = ["organization.invitation.accepted"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the invitation: a 64-bit number in decimal.
        public let invitationID: String
    }

    /// An invitation into an organization was taken back.
    public struct OrganizationInvitationRevoked: WachtInvitationEvent {
        /// `organization.invitation.revoked`.
        public static let eventTypes = ["organization.invitation.revoked"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the invitation: a 64-bit number in decimal.
        public let invitationID: String
    }
}
