import PostroomCore

extension Wacht {
    /// A workspace got a member.
    public struct WorkspaceMemberAdded: WachtMembershipEvent {
        /// `workspace.member.added`.
        public static let eventTypes = ["workspace.member.added"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the membership: a 64-bit number in decimal.
        public let membershipID: String
    }

    /// A workspace lost a member.
    public struct WorkspaceMemberRemoved: WachtMembershipEvent {
        /// `workspace.member.removed`.
        public static let eventTypes = ["workspace.member.removed"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the membership: a 64-bit number in decimal.
        public let membershipID: String
    }

    /// A member of a workspace got another role.
    public struct WorkspaceMemberRoleUpdated: WachtMembershipEvent {
        /// `workspace.member.role.updated`.
        public static let eventTypes = ["workspace.member.role.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the membership: a 64-bit number in decimal.
        public let membershipID: String
    }

    /// Somebody was invited into a workspace.
    public struct WorkspaceInvitationCreated: WachtInvitationEvent {
        /// `workspace.invitation.created`.
        public static let eventTypes = ["workspace.invitation.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the invitation: a 64-bit number in decimal.
        public let invitationID: String
    }

    /// Somebody accepted an invitation into a workspace.
    public struct WorkspaceInvitationAccepted: WachtInvitationEvent {
        /// `workspace.invitation.accepted`.
        public static let eventTypes = ["workspace.invitation.accepted"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the invitation: a 64-bit number in decimal.
        public let invitationID: String
    }

    /// An invitation into a workspace was taken back.
    public struct WorkspaceInvitationRevoked: WachtInvitationEvent {
        /// `workspace.invitation.revoked`.
        public static let eventTypes = ["workspace.invitation.revoked"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the invitation: a 64-bit number in decimal.
        public let invitationID: String
    }
}
